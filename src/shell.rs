//! Words of commands that people can paste into their shell.

/// A word as bash, PowerShell and cmd read it, as far as one form is right for all three: letters and the few signs that mean
/// nothing to any of them as they are; everything else between double quotes. What bash or PowerShell would replace there goes
/// between single quotes, which cmd does not know.
pub fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:=".contains(letter);
    let is_replaced = |letter: char| "$`!\"".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.into()
    } else if word.chars().any(is_replaced) || word.contains("\\\\") || word.ends_with('\\') {
        format!("'{}'", word.replace('\'', "'\\''"))
    } else {
        format!("\"{word}\"")
    }
}

/// The value of `--set` as a word: texts in it stand between single quotes, as TOML allows, for no form of a double quote
/// inside a word is right for all shells.
pub fn setting(written: &str) -> String {
    match written.contains(['\'', '\\']) {
        true => quoted(written),
        false => quoted(&written.replace('"', "'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("scenarios/a.toml"), "scenarios/a.toml");
        assert_eq!(quoted("my plan"), "\"my plan\"");
        assert_eq!(quoted("it's"), "\"it's\"");
        assert_eq!(quoted("a,b"), "\"a,b\"", "to PowerShell a comma makes a list");
        assert_eq!(quoted("C:\\my plans\\a.toml"), "\"C:\\my plans\\a.toml\"");
        assert_eq!(quoted("50 $"), "'50 $'");
        assert_eq!(quoted("say \"it's\""), "'say \"it'\\''s\"'");
        assert_eq!(
            setting("waves.order=\"community\""),
            "\"waves.order='community'\""
        );
        assert_eq!(setting("desk.agents=4"), "desk.agents=4");
        assert_eq!(setting("x=['a', \"b\"]"), "'x=['\\''a'\\'', \"b\"]'");
    }

    /// Bash gives back the word that was quoted.
    #[cfg(unix)]
    #[test]
    fn a_shell_reads_the_words_back() {
        for word in [
            "my plan",
            "it's",
            "a,b",
            "50 $ `x` !",
            "C:\\a b",
            "",
            "x;y&z|w",
            "(a)<b>",
            "a%b%",
            "~/x",
        ] {
            let command = format!("printf %s {}", quoted(word));
            let output = std::process::Command::new("sh").args(["-c", &command]).output();
            let output = output.expect("a shell");
            assert_eq!(String::from_utf8_lossy(&output.stdout), word, "{command}");
        }
    }
}
