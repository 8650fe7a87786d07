//! The text of a file, whatever its encoding.

/// Why bytes are no text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct NoText {
    /// The text as far as it is one, with replacement characters.
    pub(super) text: String,
    /// The position in it of the first character that could not be decoded.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) what: &'static str,
    /// What to do.
    pub(super) help: &'static str,
}

/// Bytes of which the kind of a file is told.
const BEGINNING: usize = 1024;

/// Decodes a text file: UTF-8 with or without a byte order mark, or UTF-16, with a mark or without one where its zeros tell.
///
/// The mark itself is removed. Line ends of the Macintosh (CR alone) become LF if there are no others.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, NoText> {
    let mut text = match &bytes[..] {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => match kind(&bytes[..bytes.len().min(BEGINNING)]) {
            Kind::Text => utf8(bytes),
            Kind::Wide(join) => wide(&bytes, join),
            Kind::Other(what, help) => Err(NoText {
                text: "\u{FFFD}".into(),
                at: 0,
                what,
                help,
            }),
        },
    }?;
    if !text.contains('\n') && text.contains('\r') {
        text = text.replace('\r', "\n");
    }
    Ok(text)
}

enum Kind {
    Text,
    Wide(fn([u8; 2]) -> u16),
    Other(&'static str, &'static str),
}

/// What the beginning of a file is.
fn kind(beginning: &[u8]) -> Kind {
    if beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"\xD0\xCF\x11\xE0") {
        return Kind::Other(
            "this is no text but a workbook, a document or an archive",
            "save the table as \"CSV UTF-8\", and give that file",
        );
    }
    if beginning.starts_with(b"\x1F\x8B") {
        return Kind::Other(
            "this is no text but a packed file",
            "unpack it, and give what was in it",
        );
    }
    let zeros = |first: usize| {
        let bytes = beginning.iter().skip(first).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd, half) = (zeros(0), zeros(1), beginning.len() / 2);
    if even + odd == 0 {
        Kind::Text
    } else if even == 0 && odd * 2 > half {
        Kind::Wide(u16::from_le_bytes)
    } else if odd == 0 && even * 2 > half {
        Kind::Wide(u16::from_be_bytes)
    } else {
        Kind::Other(
            "this is no text: it holds bytes that are zero",
            "give a text file",
        )
    }
}

fn utf8(mut bytes: Vec<u8>) -> Result<String, NoText> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => Err(NoText {
            at: error.utf8_error().valid_up_to(),
            text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
            what: "this character is not valid UTF-8",
            help: "save the file with the encoding UTF-8, in Excel as \"CSV UTF-8\"",
        }),
    }
}

fn wide(pairs: &[u8], join: fn([u8; 2]) -> u16) -> Result<String, NoText> {
    let (pairs, rest) = pairs.as_chunks::<2>();
    let mut text = String::new();
    let mut bad = None;
    for character in char::decode_utf16(pairs.iter().map(|pair| join(*pair))) {
        if character.is_err() && bad.is_none() {
            bad = Some(text.len());
        }
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !rest.is_empty() {
        bad = bad.or(Some(text.len()));
        text.push(char::REPLACEMENT_CHARACTER);
    }
    match bad {
        None => Ok(text),
        Some(at) => Err(NoText {
            text,
            at,
            what: "this character is not valid UTF-16",
            help: "save the file with the encoding UTF-8, in Excel as \"CSV UTF-8\"",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn every_common_encoding_is_read() {
        let text = "user,site\nbjörn,Zürich\n";
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(b"\xEF\xBB\xBF", text.into()),
            marked(b"\xFF\xFE", utf16(text, u16::to_le_bytes)),
            marked(b"\xFE\xFF", utf16(text, u16::to_be_bytes)),
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
            text.replace('\n', "\r").into_bytes(),
        ] {
            assert_eq!(decode(bytes.clone()).as_deref(), Ok(text));
        }
        assert_eq!(decode(b"a\r\nb\r\n".to_vec()).as_deref(), Ok("a\r\nb\r\n"));
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (bytes, words) in [
            (&b"PK\x03\x04...."[..], "a workbook"),
            (b"\x1F\x8B\x08\x00", "a packed file"),
            (b"\0\0\0\0\0\0", "bytes that are zero"),
            (b"abc\0def", "bytes that are zero"),
            (b"ab\xE4c", "not valid UTF-8"),
            (b"\xFF\xFEa", "not valid UTF-16"),
        ] {
            let found = decode(bytes.to_vec()).unwrap_err();
            assert!(found.what.contains(words), "{bytes:?}: {}", found.what);
        }
    }
}
