//! Answers questions to the explorer beside the screen: one thread a question, so that no key waits for a search.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::app::{Effect, Msg, News, Sought};
use crate::explore::Quest;
use crate::term::Teller;

/// How often it is told how far a search is.
const EVERY: Duration = Duration::from_millis(100);
/// The seed of the random walks: the same question has the same answer.
const SEED: u64 = 1;

/// Who answers. One question at a time: a new one takes the place of the last.
#[derive(Default)]
pub(crate) struct Seeker {
    given_up: Option<Arc<AtomicBool>>,
}

impl Seeker {
    /// Carries out what concerns searches.
    pub(crate) fn carry_out(&mut self, effect: &Effect, teller: &Teller) {
        match effect {
            Effect::Explore(sought) => {
                self.give_up();
                let given_up = Arc::new(AtomicBool::new(false));
                self.given_up = Some(Arc::clone(&given_up));
                let (sought, told) = (Sought::clone(sought), teller.clone());
                let id = sought.id;
                let tell = move |news| told.tell(Msg::Explored { id, news });
                let search = move || search(&sought, &given_up, tell);
                if let Err(error) = thread::Builder::new().name("search".into()).spawn(search) {
                    let why = format!("a search cannot be started: {error}");
                    teller.tell(Msg::Explored { id, news: News::Unanswerable(why) });
                }
            }
            Effect::StopExploring => self.give_up(),
            Effect::Quit
            | Effect::Repaint
            | Effect::Suspend
            | Effect::Mouse(_)
            | Effect::WakeAfter(_)
            | Effect::Keep(_)
            | Effect::Load(_)
            | Effect::KeepProgress(_)
            | Effect::Watch(_) => {}
        }
    }

    fn give_up(&mut self) {
        if let Some(given_up) = self.given_up.take() {
            given_up.store(true, Ordering::Relaxed);
        }
    }
}

impl Drop for Seeker {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// Answers, and tells how it goes.
fn search(sought: &Sought, given_up: &AtomicBool, tell: impl Fn(News)) {
    let mut quest = match Quest::new(&sought.start, &sought.watch, sought.question.clone(), SEED) {
        Ok(quest) => quest,
        Err(error) => return tell(News::Unanswerable(error.to_string())),
    };
    let mut told = Instant::now();
    let mut witnessed = false;
    while !given_up.load(Ordering::Relaxed) {
        if let Some(answer) = quest.run().cloned() {
            return tell(News::Over(answer, quest.status()));
        }
        if let (false, Some(witness)) = (witnessed, quest.witness()) {
            witnessed = true;
            tell(News::Witness(witness.to_vec()));
        }
        if told.elapsed() >= EVERY {
            told = Instant::now();
            tell(News::Going(quest.status()));
        }
    }
}

/// The answer to a question, for who waits for it.
pub(crate) fn answer(effect: &Effect) -> Option<Msg> {
    let Effect::Explore(sought) = effect else { return None };
    let news = match Quest::new(&sought.start, &sought.watch, sought.question.clone(), SEED) {
        Ok(mut quest) => {
            let answer = quest.finish();
            News::Over(answer, quest.status())
        }
        Err(error) => News::Unanswerable(error.to_string()),
    };
    Some(Msg::Explored { id: sought.id, news })
}
