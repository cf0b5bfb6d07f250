//! The quiz: endless questions from random reachable states. Each is a small lesson of one beat, so that it is asked,
//! answered, left and come back to as a lesson's question is. The same seed asks everybody the same.

use std::collections::BTreeMap;

use crate::dice::Dice;
use crate::pmmc::ProcessId;
use crate::script::{Beat, BeatKind, Checks, Lesson, Line, Predict, action_text};
use crate::session::{Fault, Schedule};
use crate::world::text::{self, Notation};
use crate::world::{Action, Envelope, Event, Setup, World};

use super::player::{Player, Went};
use super::predict::Prediction;
use super::progress::Tally;
use super::words::{choice_rows, text_rows};

/// Whose doing is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Role {
    Acceptor,
    Leader,
    Replica,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Acceptor, Self::Leader, Self::Replica];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acceptor => "acceptor",
            Self::Leader => "leader",
            Self::Replica => "replica",
        }
    }

    const fn is_of(self, process: ProcessId) -> bool {
        matches!(
            (self, process),
            (Self::Acceptor, ProcessId::Acceptor(_))
                | (Self::Leader, ProcessId::Leader(_))
                | (Self::Replica, ProcessId::Replica(_))
        )
    }
}

/// How tangled the runs are that lead to the questions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Difficulty {
    /// Short runs in which nothing is lost.
    Easy,
    /// Longer ones, with losses and doubles.
    #[default]
    Medium,
    /// Long ones, with crashes too, and always two wrong choices or more.
    Hard,
}

impl Difficulty {
    /// All of them, the easiest first.
    pub const ALL: [Self; 3] = [Self::Easy, Self::Medium, Self::Hard];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        }
    }

    const fn steps(self) -> (usize, usize) {
        match self {
            Self::Easy => (4, 36),
            Self::Medium => (12, 50),
            Self::Hard => (30, 100),
        }
    }

    const fn faults(self) -> &'static [Fault] {
        match self {
            Self::Easy => &[],
            Self::Medium => &[Fault::Drop, Fault::Duplicate],
            Self::Hard => &[Fault::Drop, Fault::Duplicate, Fault::Crash, Fault::Resend],
        }
    }

    const fn least_choices(self) -> usize {
        match self {
            Self::Easy | Self::Medium => 2,
            Self::Hard => 3,
        }
    }
}

/// Which quiz it is: everybody who takes the same one is asked the same questions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QuizTerms {
    /// The seed.
    pub seed: u64,
    /// Whose doing is asked for; anybody's, if nobody is named.
    pub role: Option<Role>,
    /// How hard it is.
    pub difficulty: Difficulty,
}

/// The most requests of a run, so that its slots fit the boxes.
const MOST_REQUESTS: usize = 3;
/// How many runs are tried for one question before it is given up, and how many that would do are compared.
const MOST_RUNS: usize = 200;
const COMPARED: usize = 5;
/// The most rows that a question and its choices may take, so that it is whole at 80x24.
const QUESTION_ROWS: usize = 7;

/// A quiz that is being taken.
#[derive(Clone, Debug)]
pub struct Quiz {
    terms: QuizTerms,
    dice: Dice,
    /// How often each combination of the engine's rules was asked about, so that the common ones do not drown the others.
    topics: BTreeMap<String, usize>,
    questions: Vec<Player>,
    at: usize,
}

impl Quiz {
    /// Begins a quiz with its first question; `None` if there is nothing to ask.
    pub fn new(terms: QuizTerms) -> Option<Self> {
        let mut quiz =
            Self { terms, dice: Dice::new(terms.seed), topics: BTreeMap::new(), questions: Vec::new(), at: 0 };
        let first = quiz.question()?;
        quiz.questions.push(first);
        Some(quiz)
    }

    /// Which one it is.
    pub fn terms(&self) -> QuizTerms {
        self.terms
    }

    /// The number of the question that is shown, the first being 1.
    pub fn number(&self) -> usize {
        self.at + 1
    }

    /// The question that is shown, as a lesson of one beat.
    // There is always a first question, and `at` is never beyond the last one.
    #[allow(clippy::indexing_slicing)]
    pub fn player(&self) -> &Player {
        &self.questions[self.at]
    }

    /// The same, to answer it or to leave its path.
    #[allow(clippy::indexing_slicing)]
    pub fn player_mut(&mut self) -> &mut Player {
        &mut self.questions[self.at]
    }

    /// How the questions so far were answered.
    pub fn tally(&self) -> Tally {
        self.questions.iter().map(Player::tally).fold(Tally::default(), |sum, one| Tally {
            right: sum.right + one.right,
            wrong: sum.wrong + one.wrong,
            revealed: sum.revealed + one.revealed,
            ..sum
        })
    }

    /// Goes on: back to the question, if it was left; to its answer, if it is open; else to the next question.
    // It is what the key says; a quiz is no iterator.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Went {
        let player = self.player_mut();
        if player.off_path() || player.question().is_some_and(|question| question.is_open()) {
            return player.next();
        }
        if self.at + 1 == self.questions.len() {
            let Some(question) = self.question() else { return Went::Nowhere };
            self.questions.push(question);
        }
        self.at += 1;
        Went::ToBeat
    }

    /// Goes back to the question before.
    pub fn previous(&mut self) -> Went {
        if self.player_mut().back_to_path() {
            return Went::BackToPath;
        }
        if self.at == 0 {
            return Went::Nowhere;
        }
        self.at -= 1;
        Went::ToBeat
    }

    /// The next question: of a few random runs the one at whose end lies the message that was asked about least often.
    fn question(&mut self) -> Option<Player> {
        let mut found: Vec<(usize, String, Lesson)> = Vec::new();
        for _ in 0..MOST_RUNS {
            let Some((setup, world, way)) = self.run() else { continue };
            let Some((asked, topic, envelope)) = self.message(&world) else { continue };
            found.push((asked, topic, lesson(self.questions.len() + 1, setup, way, &world, envelope)));
            if asked == 0 || found.len() == COMPARED {
                break;
            }
        }
        let (_, topic, lesson) = found.into_iter().min_by_key(|(asked, ..)| *asked)?;
        *self.topics.entry(topic).or_default() += 1;
        Player::new(lesson).ok()
    }

    /// A random run: how it begins, where it ends, and its actions.
    fn run(&mut self) -> Option<(Setup, World, Vec<Line>)> {
        let setup = Setup::default();
        let mut world = World::new(&setup).ok()?;
        let difficulty = self.terms.difficulty;
        let faults = difficulty.faults().iter().copied();
        let mut schedule = Schedule::new(self.dice.roll(), faults).with_most_requests(MOST_REQUESTS);
        let (least, most) = difficulty.steps();
        let mut way = Vec::new();
        for _ in 0..least + self.dice.below(most - least) {
            let Some(action) = schedule.next(&world) else { break };
            way.push(Line::from(action_text(&action, &world)));
            world.apply(&action).ok()?;
        }
        Some((setup, world, way))
    }

    /// A message worth asking about: of those that can be delivered, one whose rule was asked about least often.
    fn message(&mut self, world: &World) -> Option<(usize, String, Envelope)> {
        let role = self.terms.role.or_else(|| self.dice.pick(&Role::ALL).copied())?;
        let mut found: Vec<(usize, u64, String, &Envelope)> = Vec::new();
        for (envelope, _) in world.network().distinct().filter(|(envelope, _)| role.is_of(envelope.to)) {
            if let Some(topic) = topic(world, envelope) {
                let asked = self.topics.get(&topic).copied().unwrap_or(0);
                found.push((asked, self.dice.roll(), topic, envelope));
            }
        }
        found.sort_by_key(|(asked, dice, ..)| (*asked, *dice));
        let least = self.terms.difficulty.least_choices();
        let asked = found.into_iter().find(|(.., envelope)| can_be_asked(world, envelope, least));
        asked.map(|(asked, _, topic, envelope)| (asked, topic, envelope.clone()))
    }
}

/// The rules that delivering this message executes, each once.
fn topic(world: &World, envelope: &Envelope) -> Option<String> {
    let events = world.clone().apply(&Action::Deliver(envelope.clone())).ok()?;
    let mut rules: Vec<&str> = events.iter().filter_map(Event::rule).collect();
    rules.dedup();
    Some(rules.join(" "))
}

fn can_be_asked(world: &World, envelope: &Envelope, least: usize) -> bool {
    let Ok(prediction) = Prediction::new(world, &Action::Deliver(envelope.clone())) else { return false };
    let count = prediction.choices().len();
    let choices = (0..count).map(|choice| choice_rows(&prediction.lines(choice))).sum::<usize>();
    count >= least && text_rows(&ask(envelope)) + choices <= QUESTION_ROWS
}

fn ask(Envelope { from, to, message, .. }: &Envelope) -> String {
    format!("{} from {from} arrives at {to}. What will {to} do?", text::message(Notation::Screen, message))
}

/// A question as a lesson.
fn lesson(number: usize, setup: Setup, way: Vec<Line>, world: &World, envelope: Envelope) -> Lesson {
    let to = envelope.to;
    let ask = Line::from(ask(&envelope));
    let action = action_text(&Action::Deliver(envelope), world);
    let predict = Predict { ask, actions: vec![Line::from(action)], count: None, after: None, slide_after: None };
    let beat = Beat {
        title: Line::from(format!("Question {number}")),
        say: Line::default(),
        slide: None,
        look_at: vec![Line::from(to.to_string())],
        notes: None,
        show: None,
        origin: None,
        checks: Checks::default(),
        kind: BeatKind::Predict(Box::new(predict)),
    };
    Lesson {
        file: "quiz".to_owned(),
        id: Line::from("quiz"),
        title: Line::from("Quiz"),
        slides: Vec::new(),
        slide_table: Vec::new(),
        about: Line::default(),
        lights: Vec::new(),
        setup,
        way,
        beats: vec![beat],
        hidden: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn quiz(seed: u64, role: Option<Role>, difficulty: Difficulty) -> Quiz {
        Quiz::new(QuizTerms { seed, role, difficulty }).unwrap()
    }

    fn asked(quiz: &mut Quiz, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        while all.len() < count {
            let question = quiz.player().question().unwrap();
            all.push(format!("{} {:?}", question.ask, question.choices));
            quiz.next();
            assert_eq!(quiz.next(), Went::ToBeat);
        }
        all
    }

    #[test]
    fn one_seed_is_one_quiz_and_another_is_another() {
        let first = asked(&mut quiz(7, None, Difficulty::Medium), 10);
        assert_eq!(first, asked(&mut quiz(7, None, Difficulty::Medium), 10));
        assert_ne!(first, asked(&mut quiz(8, None, Difficulty::Medium), 10));
        assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 10, "no question is asked twice: {first:#?}");
    }

    /// Every role and difficulty goes on; who is asked about has the role; many rules are asked about, none much more
    /// often than the others.
    #[test]
    fn every_role_and_difficulty_has_questions_of_many_kinds() {
        for difficulty in Difficulty::ALL {
            for role in Role::ALL {
                let mut quiz = quiz(3, Some(role), difficulty);
                for _ in 0..30 {
                    let open = quiz.player().question().unwrap();
                    let who = open.ask.rsplit(' ').nth(1).unwrap().to_owned();
                    assert!(who.to_lowercase().starts_with(&role.name()[..1]), "{open:?}");
                    assert!((difficulty.least_choices()..=4).contains(&open.choices.len()));
                    quiz.next();
                    quiz.next();
                }
                let rules: Vec<_> = quiz.topics.iter().collect();
                assert!(rules.len() >= 3, "{role:?} {difficulty:?} {rules:?}");
                println!("{role:?} {difficulty:?} {rules:?}");
            }
        }
    }

    #[test]
    fn the_score_counts_answers_and_leaves_out_what_was_revealed() {
        let mut quiz = quiz(1, Some(Role::Acceptor), Difficulty::Easy);
        let (mut right, mut wrong, mut revealed) = (0, 0, 0);
        for choice in 0..30 {
            let count = quiz.player().question().unwrap().choices.len();
            match quiz.player_mut().answer(choice % (count + 1)) {
                Some(true) => right += 1,
                Some(false) => {
                    wrong += 1;
                    let verdict = quiz.player().question().unwrap().verdict.unwrap();
                    assert!(verdict.starts_with("No: "), "{verdict}");
                }
                None => {
                    assert_eq!(quiz.next(), Went::Revealed);
                    revealed += 1;
                }
            }
            quiz.next();
        }
        assert!(right > 0 && wrong > 0 && revealed > 0);
        assert_eq!(quiz.tally(), Tally { right, wrong, revealed, ..Tally::default() });
        assert_eq!((quiz.previous(), quiz.number()), (Went::ToBeat, 30));
        assert!(quiz.player().question().is_some_and(|question| !question.is_open()), "it is as it was left");
    }
}
