//! Injected faults. For each promise of the program there is one small fault that breaks it, and a test that must notice: what no
//! test notices is not promised.
//!
//! The faults exist in builds with the feature `mutants` only, which nothing ships; there one of them is chosen at run time by the
//! environment variable `COEXIST_MUTANT`. In every other build [`is`] is the constant `false`, and the faults are compiled away.

/// An injected fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mutant {
    /// Its name.
    pub name: &'static str,
    /// What it breaks.
    pub breaks: &'static str,
    /// The test program that must notice: a folder or a file in `tests`, or `lib` for tests beside the code.
    pub program: &'static str,
    /// The test that must notice, with its module.
    pub test: &'static str,
}

/// Is this fault injected?
#[cfg(feature = "mutants")]
pub fn is(name: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    debug_assert!(ALL.iter().any(|mutant| mutant.name == name), "{name}");
    let chosen = CHOSEN.get_or_init(|| std::env::var("COEXIST_MUTANT").ok());
    chosen.as_deref() == Some(name)
}

/// Is this fault injected? Never in this build.
#[cfg(not(feature = "mutants"))]
pub const fn is(_name: &str) -> bool {
    false
}

macro_rules! mutants {
    ($($name:literal, $breaks:literal, $program:literal, $test:literal;)*) => {
        /// All injected faults.
        pub static ALL: &[Mutant] = &[$(Mutant {
            name: $name,
            breaks: $breaks,
            program: $program,
            test: $test,
        }),*];
    };
}

mutants! {
    "draw-in-order", "chance is consumed in order", "program", "command_line::replication_17_alone_is_row_17_of_100";
    "reduce-as-they-come", "results are reduced in another order on several threads", "program", "command_line::every_byte_is_the_same_for_any_number_of_threads";
    "extend-skips-a-world", "an extended run leaves a world out", "program", "command_line::an_extended_run_has_the_bytes_of_one_long_run";
    "branch-forgets", "what is counted behind a branch began before it", "model", "branches::every_course_of_a_tree_is_the_fresh_run_up_to_the_end_of_its_look_ahead";
    "strategies-meet", "a strategy's chance depends on how many others run", "program", "command_line::a_further_strategy_changes_no_line_of_the_others";
    "rows-as-they-stand", "people keep the order of the rows of their list", "program", "contract::the_order_of_rows_changes_nothing";
    "name-as-written", "chance is keyed by a name as it is written", "program", "lists::names_lead_to_the_same_chance_in_every_shape";
    "outsider-is-kin", "whoever has the name of somebody but for the domain is that person", "program", "lists::one_outsider_with_the_name_of_somebody_is_an_outsider";
    "columns-as-they-stand", "an export is read by the places of its columns, not by their names", "program", "exports::every_export_is_read_as_it_is_and_as_with_columns_renamed_by_hand";
    "braces-merge", "a value in braces is laid over another one key by key", "program", "inheritance::a_strategy_like_another_is_the_plan_written_out";
    "place-leaks", "results hold where they were computed", "program", "contract::language_time_zone_and_place_change_nothing";
    "build-leaks", "results depend on how the program was built", "golden", "every_shipped_scenario_gives_the_results_that_it_gave_before";
    "rules-change", "a rule changes and nobody says so", "golden", "every_shipped_scenario_gives_the_results_that_it_gave_before";
    "organisers-date", "people are away by the date of the organiser", "model", "small_companies::people_are_away_and_gone_by_their_own_dates";
    "discovery-late", "what is found by the instant of a wave counts as found after it", "model", "small_companies::a_pilot_discovers_from_its_first_to_its_last_instant";
    "everyday-tickets-count", "everyday tickets are counted with those of the migration", "model", "laws::everyday_tickets_make_others_wait_and_are_counted_apart";
    "lags-end", "no machine takes longer than 40 working days to install", "model", "laws::pushed_installs_are_lines_up_to_15_working_days_and_then_a_tail_without_end";
    "never-counts", "who never installs keeps a course from its end", "model", "laws::nearly_all_are_nearly_all_of_those_who_can_come";
    "mixed-studies", "a page is put together from results with other seeds", "program", "packet::a_page_is_put_together_from_stored_results";
    "workbook-names", "the workbook names everybody", "program", "workbook::nobody_is_named_unless_that_is_asked_for_and_no_text_is_a_formula";
    "page-agrees", "the page says that what is proposed is recommended", "program", "packet::the_first_sentence_says_how_the_proposal_stands_to_the_verdict";
    "foreign-files-go", "files of others are taken for the program's", "program", "results_folders::foreign_files_stay_and_own_files_that_are_not_written_again_go";
    "refused-late", "a place is looked at only when there are results", "program", "results_folders::folders_that_are_not_ours_are_refused_before_anything_is_simulated";
    "two-write-at-once", "two runs write into one folder", "program", "results_folders::one_run_writes_at_a_time_and_another_one_can_wait";
    "scratch-stays", "scratch of dead processes is not collected", "lib", "store::scratch::tests::what_a_dead_process_left_is_found_and_a_folder_without_a_lock_is_not_touched";
    "record-trusted", "files of a record are read whatever they hold", "program", "command_line::only_results_of_the_same_run_are_extended";
    "broken-world-skipped", "a world that a fault of the program struck is left out", "lib", "experiment::parallel::tests::the_first_broken_world_is_named_with_all_before_it_for_any_number_of_threads";
    "worlds-before-lost", "worlds before a fault of the program are lost", "lib", "cli::run::tests::a_fault_of_the_program_in_one_world_keeps_the_worlds_before_it_and_they_are_gone_on_from";
    "memory-unasked", "memory is spent without being asked for", "lib", "cli::memory::tests::what_does_not_fit_is_refused_with_what_would";
    "letters-steer", "letters that steer a terminal are printed", "lib", "letters::tests::colours_stay_and_nothing_else_does";
    "formulas-stay", "text in tables is a formula for a spreadsheet", "lib", "report::csv_file::tests::no_text_is_a_formula_and_every_text_can_be_read_back";
    "faults-follow", "what follows from a syntax fault is told, too", "program", "faults::one_slip_is_one_message_at_its_line_with_what_to_write";
    "benefit-forgotten", "what the new side is worth is left out of the cost", "model", "cost::staying_and_leaving_cost_what_the_scenario_says_day_by_day";
    "orders-broken", "parameters that stand in an order are drawn each for itself", "model", "cost::no_draw_breaks_an_order_whatever_is_written";
    "stuck-go-back", "whoever has no way back counts as going back", "program", "exposure::nobody_without_a_way_back_goes_unsaid";
    "base-never-wins", "the base is no candidate", "program", "verdict::a_base_that_moves_people_competes_and_no_base_changes_the_verdict";
    "looks-are-free", "every look at more worlds spends the whole error", "program", "verdict::looking_again_and_again_errs_in_one_of_twenty_runs_at_most";
    "waves-pile-up", "a wave starts on its date whatever became of the one before", "model", "waves::what_is_written_is_what_happens";
    "one-lot-for-ever", "all worlds have the lot that is shown", "model", "waves::a_world_has_a_lot_and_a_plan_may_name_one";
    "pipes-block", "pipes and devices are read", "lib", "bounded::tests::pipes_and_devices_are_refused_at_once";
}
