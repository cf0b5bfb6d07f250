//! `--plain`: line by line instead of on the whole screen, for screen readers, dumb terminals, pipes and scripts.

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::mpsc;

use crate::app::{Effect, Model, Msg};

use super::dialogue::Dialogue;
use super::output::Failure;
use super::runs::Keeper;
use super::seeker;

/// A line that is longer cannot have been meant.
const MOST_BYTES: u64 = 1 << 16;

/// Talks until the input ends or the user leaves.
pub(crate) fn run(model: Model) -> Result<ExitCode, Failure> {
    let (failures, failed) = mpsc::channel();
    let keeper = Keeper::start(move |why| {
        let _ = failures.send(why);
    });
    let mut dialogue = Dialogue::new(model.with_keeping());
    let mut out = io::stdout().lock();
    let mut input = io::stdin().lock();
    let prompts = io::stdin().is_terminal();
    out.write_all(dialogue.begin().as_bytes())?;
    while !dialogue.ended() {
        if prompts {
            out.write_all(b"> ")?;
        }
        out.flush()?;
        let Some(line) = read_line(&mut input)? else {
            if prompts {
                writeln!(out)?;
            }
            break;
        };
        let (said, effects) = dialogue.line(&line);
        let answers = carry_out(&keeper, &effects);
        if let Ok(why) = failed.try_recv() {
            out.write_all(dialogue.hear(Msg::NotKept(why)).as_bytes())?;
        }
        out.write_all(said.as_bytes())?;
        for answer in answers {
            out.write_all(dialogue.hear(answer).as_bytes())?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What was said is kept: whoever reads it may rely on it.
fn carry_out(keeper: &Keeper, effects: &[Effect]) -> Vec<Msg> {
    let answers =
        effects.iter().filter_map(|effect| seeker::answer(effect).or_else(|| keeper.carry_out(effect))).collect();
    if effects.iter().any(|effect| matches!(effect, Effect::Keep(_) | Effect::KeepProgress(_))) {
        keeper.wait();
    }
    answers
}

/// The next line, whatever bytes are in it; `None` at the end of the input.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let count = io::Read::take(&mut *input, MOST_BYTES).read_until(b'\n', &mut bytes)?;
    Ok((count > 0).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}
