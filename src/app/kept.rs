//! What is told to whoever keeps runs, so that a crash or a kill loses no work: every step as it is made, and of a new
//! branch all that leads to it. A branch that is left keeps the file that it has.

use crate::script::{FileError, Position, Scenario, action_text, parse_action};
use crate::session::{NodeId, Session};
use crate::world::{Action, Setup, World};

/// Lines to be kept of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keep {
    /// Which run of this program it is.
    pub run: usize,
    /// Which branch of it; each has a file of its own.
    pub branch: u32,
    /// Where the file begins: told with the first lines of a branch, which are then all its lines.
    pub head: Option<Box<Head>>,
    /// The lines to add.
    pub lines: Vec<String>,
}

/// How a kept run's file begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// What the run is called.
    pub title: String,
    /// How it begins.
    pub setup: Setup,
    /// The name of the kept file that it goes on from.
    pub origin: Option<String>,
}

/// Which parts of a stage's run are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Kept {
    run: usize,
    branch: u32,
    origin: Option<String>,
    begun: bool,
    /// The last moment of the branch's file.
    tip: NodeId,
    /// The newest moment that was there when something was kept: what is not newer is kept already.
    newest: NodeId,
    /// What is to be told.
    pending: Vec<Keep>,
}

impl Kept {
    /// From here on everything new is kept.
    pub(crate) fn new(run: usize, origin: Option<String>, session: &Session) -> Self {
        let (tip, newest) = (session.here(), session.newest());
        Self { run, branch: 0, origin, begun: false, tip, newest, pending: Vec::new() }
    }

    /// Takes note of a step that was just made from this moment.
    pub(crate) fn note(&mut self, from: NodeId, title: &str, session: &Session) {
        let here = session.here();
        if here <= self.newest {
            return;
        }
        self.newest = here;
        let goes_on = self.begun && from == self.tip;
        let (head, lines) = if goes_on {
            (None, last_line(session).into_iter().collect())
        } else {
            self.branch += u32::from(self.begun);
            let origin = self.origin.take();
            let head = Head { title: title.to_owned(), setup: session.setup().clone(), origin };
            (Some(Box::new(head)), run_lines(session))
        };
        self.tip = here;
        self.begun = true;
        self.pending.push(Keep { run: self.run, branch: self.branch, head, lines });
    }

    /// What is to be told now.
    pub(crate) fn take(&mut self) -> Vec<Keep> {
        std::mem::take(&mut self.pending)
    }
}

fn last_line(session: &Session) -> Option<String> {
    let now = session.now();
    Some(action_text(now.action.as_ref()?, now.before.as_ref()?))
}

/// All actions from the beginning to here, as the language writes them.
pub(crate) fn run_lines(session: &Session) -> Vec<String> {
    // The session began with this setup.
    let Ok(mut world) = World::new(session.setup()) else { return Vec::new() };
    let line = |action: Action| {
        let line = action_text(&action, &world);
        world.apply(&action).ok().map(|_| line)
    };
    session.actions().into_iter().map_while(line).collect()
}

/// A scenario as a run that is at its end. What cannot be done is told with its place.
pub fn session_of(file: &str, scenario: &Scenario) -> Result<Session, FileError> {
    let session = Session::new(scenario.setup().clone());
    let mut session = session.map_err(|error| FileError::new(file, Position::default(), error.to_string()))?;
    for line in &scenario.actions {
        let action = parse_action(&line.text, session.world()).map_err(|error| error.to_string());
        action
            .and_then(|action| session.act(action).map_err(|refusal| refusal.to_string()))
            .map_err(|why| FileError::new(file, line.at, format!("`{}`: {why}", line.text)))?;
    }
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(session: &mut Session, kept: &mut Kept, line: &str) -> Vec<(u32, bool, Vec<String>)> {
        let from = session.here();
        session.act(parse_action(line, session.world()).unwrap()).unwrap();
        kept.note(from, "run", session);
        kept.take().into_iter().map(|keep| (keep.branch, keep.head.is_some(), keep.lines)).collect()
    }

    /// Every branch has a file with all its steps; going where one was before keeps nothing again.
    #[test]
    fn every_branch_is_kept_whole_and_once() {
        let mut session = Session::new(Setup::default()).unwrap();
        let mut kept = Kept::new(0, None, &session);
        let lines = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(act(&mut session, &mut kept, "elect L0"), [(0, true, lines(&["elect L0"]))]);
        assert_eq!(act(&mut session, &mut kept, "crash A0"), [(0, false, lines(&["crash A0"]))]);
        session.back();
        assert_eq!(act(&mut session, &mut kept, "crash A0"), [], "the same step again is kept already");
        session.back();
        let branch = lines(&["elect L0", "crash A1"]);
        assert_eq!(act(&mut session, &mut kept, "crash A1"), [(1, true, branch)]);
        assert_eq!(act(&mut session, &mut kept, "restart A1"), [(1, false, lines(&["restart A1"]))]);
        session.switch_branch();
        let other = lines(&["elect L0", "crash A0", "restart A0"]);
        assert_eq!(act(&mut session, &mut kept, "restart A0"), [(2, true, other)]);
    }
}
