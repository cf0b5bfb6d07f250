//! What plain mode says of a lesson and of a quiz: what is new in it since it was last heard of.

use crate::app::lesson::{Player, Question, Row, Table, Task, TaskState, score};
use crate::script::plain;
use crate::teach::Quiz;
use crate::world::Action;

use super::{add, state_of};

/// What of a lesson is heard.
#[derive(PartialEq)]
pub(super) struct Seen {
    pub(super) beat: usize,
    future: usize,
    question: Option<Question>,
    task: Option<TaskState>,
    hint: usize,
    /// Whether the task's goal is reached, and how much of its solution was shown.
    reached: bool,
    shown: Option<(usize, usize)>,
    pub(super) finished: bool,
}

impl Seen {
    pub(super) fn of(player: &Player) -> Self {
        let (beat, future) = (player.beat_number(), player.beat().future);
        let task = player.task();
        let hint = task.as_ref().map_or(0, |task| task.hint);
        let (reached, shown) = task.as_ref().map_or((false, None), |task| (task.reached, task.shown));
        let task = task.map(|task| task.state);
        Self { beat, future, question: player.question(), task, hint, reached, shown, finished: player.finished() }
    }
}

/// What is new of a lesson; all of its beat if nothing was heard of it before.
pub(super) fn lesson_text(player: &Player, before: Option<&Seen>) -> String {
    let now = Seen::of(player);
    if before == Some(&now) {
        return String::new();
    }
    let mut said = String::new();
    if let Some(hint) = new_hint(player, before, &now) {
        return hint;
    }
    let view = player.beat();
    let same_beat = before.is_some_and(|before| before.beat == now.beat);
    let task = player.task();
    if let (Some(before), Some(_)) = (before.filter(|_| same_beat && !now.reached), &task) {
        return task_going_on(before, &now);
    }
    if !same_beat {
        add(
            &mut said,
            &format!("Beat {} of {}: {}.\n", now.beat, player.beat_count(), view.title.trim_end_matches('.')),
        );
        if player.left_own_run() {
            add(&mut said, "From here the lesson goes on with its own solution; yours is kept.\n");
        }
    }
    if let Some(verdict) = now.question.as_ref().and_then(|question| question.verdict.clone()) {
        add(&mut said, &format!("{}\n", plain(&verdict)));
    }
    if let Some(reason) = now.question.as_ref().and_then(|question| question.reason.clone()) {
        add(&mut said, &format!("{reason}\n"));
    }
    if !(same_beat && now.finished) {
        if let Some(name) = view.futures.get(view.future).filter(|_| view.futures.len() > 1) {
            add(&mut said, &format!("Or, {} of {}: {name}.\n", view.future_number, view.futures.len()));
        }
        if let Some(rule) = &view.broken {
            add(&mut said, &format!("Rule {rule}.\n"));
        }
        // An open task's words are told with its goal.
        let told_below = |words: &&String| task.as_ref().is_some_and(|task| !same_beat && task.say == **words);
        for paragraph in view.say.iter().filter(|words| !told_below(words)) {
            add(&mut said, &format!("{}\n", plain(paragraph)));
        }
        add(&mut said, &view.table.as_ref().map(table_text).unwrap_or_default());
        for light in player.lights() {
            add(&mut said, &format!("{}: {}.\n", light.name, if light.holds { "holds" } else { "broken" }));
        }
        if let Some(slide) = &view.slide {
            add(&mut said, &format!("The slide says: {slide}\n"));
        }
    }
    if let Some(task) = &task {
        add(&mut said, &task_text(task, same_beat));
    }
    if let Some(question) = now.question.as_ref().filter(|question| question.is_open()) {
        add(&mut said, &choices_text(question));
    }
    if now.finished {
        add(&mut said, &end_text(player));
    }
    said
}

/// At the end of a lesson: the score.
fn end_text(player: &Player) -> String {
    match score(player.tally()) {
        score if score.is_empty() => "That was the last beat.\n".to_owned(),
        score => format!("That was the last beat. Your answers: {score}.\n"),
    }
}

/// A question of a quiz, with the state of who is asked about.
pub(super) fn question_text(quiz: &Quiz) -> String {
    let player = quiz.player();
    let mut said = format!("Question {}.", quiz.number());
    match score(quiz.tally()) {
        score if score.is_empty() => add(&mut said, "\n"),
        score => add(&mut said, &format!(" So far: {score}.\n")),
    }
    if let Some(Action::Deliver(envelope)) = player.asked() {
        add(&mut said, &state_of(player.session().world(), envelope.to));
    }
    match player.question() {
        Some(question) if question.is_open() => add(&mut said, &choices_text(&question)),
        question => {
            let told = question.map(|question| [question.verdict, question.reason]).into_iter().flatten().flatten();
            add(&mut said, &format!("{}\n", told.collect::<Vec<_>>().join(" ")));
        }
    }
    said
}

/// An open question with what to choose from.
fn choices_text(question: &Question) -> String {
    let mut said = format!("Question: {}\n", question.ask);
    for (number, choice) in (1..).zip(&question.choices) {
        add(&mut said, &format!("  {number}. {}\n", choice.join("; ")));
    }
    add(&mut said, "Type the number of your answer, or `next` to hear it.\n");
    said
}

/// The hint that was just given, if that is all that is new.
fn new_hint(player: &Player, before: Option<&Seen>, now: &Seen) -> Option<String> {
    before.filter(|before| before.beat == now.beat && before.task == now.task && before.hint != now.hint)?;
    let task = player.task()?;
    let hint = task.hints.get(now.hint.checked_sub(1)?)?;
    Some(format!("Hint {} of {}: {hint}\n", now.hint, task.hint_count))
}

/// What is new of a task whose goal is not reached, and that was told already.
fn task_going_on(before: &Seen, now: &Seen) -> String {
    match now.shown {
        Some((step, count)) => format!("The solution, step {step} of {count}.\n"),
        None if (before.reached, before.shown) != (false, None) => "The task is open again.\n".to_owned(),
        None => String::new(),
    }
}

/// A task, or what became of one that was told already.
fn task_text(task: &Task, told: bool) -> String {
    let became = match task.state {
        TaskState::Open => "",
        TaskState::Solved => "The task is solved: `next` goes on.\n",
        TaskState::Shown => "The goal is reached, with steps that were shown.\n",
        TaskState::Skipped => "The task was skipped: its solution was played.\n",
    };
    if told {
        return became.to_owned();
    }
    let limits = task.limits.as_ref().map(|limits| format!(" Its terms: {limits}.")).unwrap_or_default();
    let goal = match &task.game {
        None => format!("The goal: {}.", task.goal),
        Some(game) if game.beats => format!("The game ends with {}. Get to {} steps before.", task.goal, game.mark),
        Some(game) => format!("The game ends with {}, and nobody gets to {} steps.", task.goal, game.mark),
    };
    format!("Task: {}{limits}\n{goal}\n{became}", plain(&task.say))
}

/// One sentence a row.
fn table_text(table: &Table) -> String {
    let row = |row: &Row| {
        let values = table.names.iter().zip(&row.values).map(|(name, value)| format!("{name}: {value}"));
        format!("{}, {}.\n", row.subject, values.collect::<Vec<_>>().join("; "))
    };
    table.rows.iter().map(row).collect()
}
