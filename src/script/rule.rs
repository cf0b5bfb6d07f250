//! The action `rule`: a rule that changes in the middle of a run.

use crate::pmmc::{Bug, DuplicateRequest, Local, LowerP2b, OnPreempted, P2aRule, RuleChange, StableField};

use super::cursor::{Cursor, Word};
use super::error::{ActionError, one_of, quote};
use super::nearest::nearest;

/// Rules that can change in the middle of a run.
pub(super) const CHANGEABLE: [&str; 9] =
    ["on_preempted", "p2a", "lower_p2b", "window", "local", "duplicate_request", "state_reduction", "stable", "broken"];

/// Rules that say how a run begins.
const FIXED: [&str; 2] = ["first_slot", "start"];

/// Reads what follows the verb `rule`.
pub(crate) fn parse_rule(cursor: &mut Cursor<'_>) -> Result<RuleChange, ActionError> {
    let rule = cursor.need(&format!("the rule: {}", one_of(CHANGEABLE)))?;
    if FIXED.contains(&rule.text) {
        let what = format!("`{}` says how a run begins and cannot change later", rule.text);
        return Err(ActionError::new(rule.column, what).advice("set it in the scenario's `rules`"));
    }
    if !CHANGEABLE.contains(&rule.text) {
        return Err(unknown("rule", rule, &CHANGEABLE));
    }
    let value = cursor.need(&format!("the new value of `{}`", rule.text))?;
    match rule.text {
        "on_preempted" => choice(value, OnPreempted::ALL, OnPreempted::name).map(RuleChange::OnPreempted),
        "p2a" => choice(value, P2aRule::ALL, P2aRule::name).map(RuleChange::P2a),
        "lower_p2b" => choice(value, LowerP2b::ALL, LowerP2b::name).map(RuleChange::LowerP2b),
        "local" => choice(value, Local::ALL, Local::name).map(RuleChange::Local),
        "duplicate_request" => {
            choice(value, DuplicateRequest::ALL, DuplicateRequest::name).map(RuleChange::DuplicateRequest)
        }
        "window" => window(value),
        "state_reduction" => choice(value, [true, false].as_slice(), |on| if on { "true" } else { "false" })
            .map(RuleChange::StateReduction),
        "broken" => broken(value),
        _ => stable(value),
    }
}

fn choice<T: Copy>(value: Word<'_>, all: &[T], name: fn(T) -> &'static str) -> Result<T, ActionError> {
    let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
    let found = all.iter().find(|one| name(**one) == value.text);
    found.copied().ok_or_else(|| unknown("value", value, &names))
}

fn window(value: Word<'_>) -> Result<RuleChange, ActionError> {
    match value.text.parse::<u32>() {
        Ok(window) if window > 0 => Ok(RuleChange::Window(window)),
        _ => Err(ActionError::new(value.column, format!("{} cannot be the window", quote(value.text)))
            .expected(format!("a whole number from 1 to {}", u32::MAX))),
    }
}

fn stable(value: Word<'_>) -> Result<RuleChange, ActionError> {
    let (word, kept) = signed(value, "a field, like `-acceptor.accepted`")?;
    let field = StableField::named(word.text).ok_or_else(|| unknown("field", word, &StableField::NAMES))?;
    Ok(RuleChange::Stable(field, kept))
}

fn broken(value: Word<'_>) -> Result<RuleChange, ActionError> {
    let (word, played) = signed(value, "a bug, like `+ignore_pvals`")?;
    let names: Vec<&str> = Bug::ALL.iter().map(|bug| bug.name()).collect();
    let found = Bug::ALL.iter().find(|bug| bug.name() == word.text);
    let bug = found.ok_or_else(|| unknown("bug", word, &names))?;
    Ok(RuleChange::Broken(*bug, played))
}

/// A name with a sign before it.
fn signed<'a>(value: Word<'a>, what: &str) -> Result<(Word<'a>, bool), ActionError> {
    let (text, plus) = match (value.text.strip_prefix('+'), value.text.strip_prefix('-')) {
        (Some(name), _) => (name, true),
        (_, Some(name)) => (name, false),
        _ => {
            let error = ActionError::new(value.column, format!("{} has no sign", quote(value.text)));
            return Err(error.expected(format!("`+` or `-` and {what}")));
        }
    };
    Ok((Word { text, column: value.column + 1 }, plus))
}

/// An unknown name of this sort: with the nearest, or with all that there are.
pub(crate) fn unknown(sort: &str, word: Word<'_>, names: &[&str]) -> ActionError {
    let error = ActionError::new(word.column, format!("unknown {sort} {}", quote(word.text)));
    match nearest(word.text, names.iter().copied()) {
        Some(near) => error.nearest(Some(near)),
        None => error.expected(one_of(names.iter().copied())),
    }
}
