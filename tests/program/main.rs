//! What leaves the program and what enters it: the compiled command, its files, its words and its manual.
//!
//! All in one program: each program is linked, and compiles what is generic, for itself.

mod command_line;
mod common;
mod contract;
mod corpora;
mod divisions;
mod exports;
mod exposure;
mod faults;
mod formats;
mod guide;
mod inheritance;
mod keys;
mod lists;
mod optimize;
mod output;
mod packet;
mod page;
mod reader;
mod results_folders;
mod scenario;
mod verdict;
mod words;
mod workbook;
mod world_files;
