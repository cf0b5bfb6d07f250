//! What is wrong with a command line, in one sentence that says where to look.

use std::num::{IntErrorKind, ParseIntError};

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The sentence; `None` for what is not wrong, like `--help`.
pub(crate) fn sentence(error: &clap::Error, root: &clap::Command) -> Option<String> {
    if !error.use_stderr() {
        return None;
    }
    let invalid = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::UnknownArgument if invalid.starts_with('-') => {
            let meant = text(error, ContextKind::SuggestedArg);
            format!("there is no option `{invalid}` here{}", did_you_mean(meant.as_deref()))
        }
        ErrorKind::UnknownArgument => format!("`{invalid}` is one word too many"),
        ErrorKind::InvalidSubcommand => {
            let typed = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            let meant = text(error, ContextKind::SuggestedSubcommand);
            format!("there is no command `{typed}`{}", did_you_mean(meant.as_deref()))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => value(error, &invalid),
        ErrorKind::MissingRequiredArgument => format!("{} is missing", invalid.replace(['<', '>'], "")),
        ErrorKind::ArgumentConflict => match text(error, ContextKind::PriorArg) {
            Some(other) if other == invalid => format!("`{invalid}` is there twice"),
            Some(other) => format!("`{invalid}` and `{other}` do not go together"),
            None => first_line(error),
        },
        _ => first_line(error),
    };
    Some(format!("{what}; `{} --help` says what there is", command(root)))
}

fn did_you_mean(meant: Option<&str>) -> String {
    meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default().trim_end_matches('?').to_owned()
}

/// A value that is missing, or none of those that there are.
fn value(error: &clap::Error, option: &str) -> String {
    let name = option.split_whitespace().next().unwrap_or_default();
    let given = text(error, ContextKind::InvalidValue).unwrap_or_default();
    let expected = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(all)) => all.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", "),
        _ => reason(error),
    };
    if given.is_empty() {
        return format!("`{name}` needs a value: expected {expected}");
    }
    format!("`{name} {given}`: expected {expected}")
}

/// What a parser of values says, in this program's words.
fn reason(error: &clap::Error) -> String {
    use std::error::Error;
    let Some(source) = error.source() else { return "another value".to_owned() };
    if let Some(number) = source.downcast_ref::<ParseIntError>() {
        return match number.kind() {
            IntErrorKind::PosOverflow => format!("a whole number up to {}", u64::MAX),
            _ => "a whole number, 0 or more".to_owned(),
        };
    }
    let said = source.to_string();
    match said.split_once(" is not in ").and_then(|(_, range)| range.split_once("..")) {
        Some((least, "")) => format!("a whole number, {least} or more"),
        Some((least, most)) => {
            let (most, below) = most.strip_prefix('=').map_or((most, " but not"), |most| (most, ""));
            match most {
                _ if most == u64::MAX.to_string() => format!("a whole number, {least} or more"),
                _ if most == least => least.to_owned(),
                _ => format!("a whole number from {least} to{below} {most}"),
            }
        }
        None if said.contains("too large") => format!("a whole number up to {}", u64::MAX),
        None if said.contains("invalid digit") => "a whole number, 0 or more".to_owned(),
        None => said.strip_prefix("expected ").unwrap_or(&said).to_owned(),
    }
}

/// `paxoscope sandbox`, whose `--help` is meant: the first word of the line that is a command.
fn command(root: &clap::Command) -> String {
    let mut words = std::env::args().skip(1);
    match words.find(|word| root.find_subcommand(word).is_some()) {
        Some(name) => format!("{} {name}", root.get_name()),
        None => root.get_name().to_owned(),
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(all) => Some(all.join(" and ")),
        _ => None,
    }
}

fn first_line(error: &clap::Error) -> String {
    let said = error.to_string();
    let line = said.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
