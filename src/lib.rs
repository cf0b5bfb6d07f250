//! Paxoscope: Paxos Made Moderately Complex (PMMC), live in a terminal, one message at a time.
//!
//! Everything is a fold over a list of actions: the engine turns (world, action) into (world, events), and every
//! other part only reads worlds and events.
//!
//! The rooms of the house, from the ground up. A room may import only what its line names, and what stands below
//! that; `tests/layering.rs` fails on any other arrow.
//!
//! | room | what lives there | may import |
//! |---|---|---|
//! | [`pmmc`] | the protocol and nothing else, as pure handlers that read like the paper's listing | |
//! | [`world`] | the cluster around it: who is up, what is in flight, actions, events, sentences, invariants | `pmmc` |
//! | [`dice`] | seeded randomness: the same seed means the same run, for years | |
//! | [`session`] | the tree of runs: step, back, forward, branches | `world`, `dice` |
//! | [`explore`] | search over worlds: find a schedule, or show that there is none | `world`, `dice` |
//! | [`script`] | the action language and the RON formats: parsing, printing, errors with line and column | `world` |
//! | [`teach`] | lessons: beats, predictions, forks, the player, the checker | `script`, `session`, `explore` |
//! | [`app`] | the program without a terminal: model, messages, update, the one table of commands | `teach`, `script`, `session`, `explore` |
//! | [`ui`] | the picture: model to frame, panels, theme | `app`, ratatui |
//! | [`export`] | a run to other formats: narration, JSON | `ui`, `session` |
//! | `term` | the real terminal: raw mode guard, signals, panics, input | `app`, ratatui, crossterm |
//! | `cli` | the command line, one file a subcommand | all |
//!
//! Architecture invariant: nothing outside `term` and `cli` touches crossterm, files, threads or clocks.

pub mod app;
#[cfg(feature = "terminal")]
pub mod cli;
pub mod dice;
pub mod explore;
pub mod export;
pub mod pmmc;
pub mod script;
pub mod session;
pub mod teach;
#[cfg(feature = "terminal")]
pub mod term;
pub mod ui;
pub mod world;
