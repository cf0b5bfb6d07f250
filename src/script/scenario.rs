//! The scenario file: how a run begins, and its actions. It can be played, and printed again.

use ron::ser::PrettyConfig;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::pmmc::{Cluster, Rules};
use crate::world::{
    Action, Event, History, InitialProposal, Proposed, Refusal, Request, Setup, SetupError, Violation, Watch, World,
};

use super::action::{parse_action, parse_proposal, parse_request};
use super::error::{ActionError, FileError, Position, is_unprintable, quote};
use super::file::{Line, Located, Ruler, parse_ron, wrong_format};

/// The newest format of scenario files.
const FORMAT: u32 = 1;

/// A scenario: how a run begins and what happens in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scenario {
    /// What it is called; one line.
    pub title: String,
    /// How the run begins.
    pub setup: Setup,
    /// One line of the action language each.
    pub actions: Vec<Line>,
}

/// The file as it stands.
#[derive(Deserialize)]
#[serde(rename = "Scenario", deny_unknown_fields)]
struct ScenarioFile {
    #[allow(dead_code)]
    format: u32,
    #[serde(default)]
    title: Option<Located<String>>,
    #[serde(default)]
    cluster: Cluster,
    #[serde(default)]
    rules: Rules,
    #[serde(default)]
    workload: Vec<Located<String>>,
    #[serde(default)]
    proposals: Vec<Located<String>>,
    #[serde(default)]
    actions: Vec<Located<String>>,
}

/// Where the parts stand, of a file of any format.
#[derive(Deserialize)]
#[serde(rename = "Scenario")]
struct Places {
    format: Option<Located<u32>>,
    cluster: Option<Located<IgnoredAny>>,
    rules: Option<Located<IgnoredAny>>,
}

/// The file as it is written. It says all its rules, so that it means the same when a default changes.
#[derive(Serialize)]
struct ScenarioOut<'a> {
    format: u32,
    title: &'a str,
    cluster: Cluster,
    rules: &'a Rules,
    workload: Vec<String>,
    proposals: Vec<String>,
    actions: &'a [Line],
}

impl Scenario {
    /// Reads a scenario file. Everything about it is checked but its actions, which need their worlds: see [`Run`].
    pub fn parse(file: &str, text: &str) -> Result<Self, FileError> {
        // A file of a format to come is told so, whatever else in it is new.
        let places = parse_ron::<Places>(file, text);
        if let Ok(Places { format: Some(format), .. }) = &places
            && format.value != FORMAT
        {
            return Err(wrong_format(file, format.position(text), format.value, FORMAT));
        }
        let parsed: ScenarioFile = parse_ron(file, text)?;
        let ruler = Ruler::new(text);
        let title = parsed.title.map(|title| ruler.line(title)).unwrap_or_default();
        if title.text.chars().any(is_unprintable) {
            let what = "the title has control characters in it: expected one line of plain text";
            return Err(FileError::new(file, title.at, what));
        }
        let workload = ruler.lines(parsed.workload);
        let proposals = ruler.lines(parsed.proposals);
        let setup = Setup {
            cluster: parsed.cluster,
            rules: parsed.rules,
            workload: parse_lines(file, "request", &workload, parse_request)?,
            proposals: parse_lines(file, "proposal", &proposals, parse_proposal)?,
        };
        if let Err(error) = World::new(&setup) {
            let at = blame(&setup, places.ok().as_ref(), text, (&workload, &proposals));
            return Err(FileError::new(file, at, error.to_string()));
        }
        Ok(Self { title: title.text, setup, actions: ruler.lines(parsed.actions) })
    }

    /// How the run begins.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The scenario's file. Parsed, it is an equal scenario again.
    pub fn to_ron(&self) -> String {
        let Setup { cluster, rules, workload, proposals } = &self.setup;
        let out = ScenarioOut {
            format: FORMAT,
            title: &self.title,
            cluster: *cluster,
            rules,
            workload: workload.iter().map(request_text).collect(),
            proposals: proposals.iter().map(proposal_text).collect(),
            actions: &self.actions,
        };
        let pretty = PrettyConfig::new().depth_limit(2).new_line("\n");
        // Strings and numbers always print.
        ron::ser::to_string_pretty(&out, pretty).map(|text| format!("Scenario{text}\n")).unwrap_or_default()
    }

    /// Begins to play: the world before step 1, and the actions still to come.
    pub fn run(&self) -> Result<Run<'_>, SetupError> {
        let world = World::new(&self.setup)?;
        let watch = Watch::new(&world);
        Ok(Run { scenario: self, world, watch, done: 0 })
    }
}

fn parse_lines<T>(
    file: &str,
    sort: &str,
    lines: &[Line],
    parse: impl Fn(&str) -> Result<T, ActionError>,
) -> Result<Vec<T>, FileError> {
    let parsed = lines.iter().enumerate().map(|(index, line)| {
        parse(&line.text).map_err(|error| {
            let what = format!("{sort} {}, {}: {error}", index + 1, quote(&line.text));
            FileError::new(file, line.at, what)
        })
    });
    parsed.collect()
}

/// Of the rules and the cluster the one to blame for a setup that can be no world: what does not go with the usual rules
/// either is the cluster's fault. Where that part is left out, the other one.
pub(super) fn blamed(setup: &Setup, [rules, cluster]: [Option<&Located<IgnoredAny>>; 2], text: &str) -> Position {
    let usual = Setup { rules: Rules::default(), ..setup.clone() };
    let [first, second] = if World::new(&usual).is_ok() { [rules, cluster] } else { [cluster, rules] };
    first.or(second).map(|part| part.position(text)).unwrap_or_default()
}

/// The place to blame for a setup that can be no world: the first line with which there is none any more.
fn blame(setup: &Setup, places: Option<&Places>, text: &str, (workload, proposals): (&[Line], &[Line])) -> Position {
    let mut fewer = Setup { workload: Vec::new(), proposals: Vec::new(), ..setup.clone() };
    if World::new(&fewer).is_err() {
        let [rules, cluster] = places.map_or([None, None], |places| [places.rules.as_ref(), places.cluster.as_ref()]);
        return blamed(&fewer, [rules, cluster], text);
    }
    for (request, line) in setup.workload.iter().zip(workload) {
        fewer.workload = vec![request.clone()];
        if World::new(&fewer).is_err() {
            return line.at;
        }
    }
    for (proposal, line) in setup.proposals.iter().zip(proposals) {
        fewer.proposals.push(proposal.clone());
        if World::new(&Setup { workload: Vec::new(), ..fewer.clone() }).is_err() {
            return line.at;
        }
    }
    Position::default()
}

fn request_text(request: &Request) -> String {
    format!("{} {}", request.client, request.op)
}

fn proposal_text(proposal: &InitialProposal) -> String {
    let InitialProposal { leader, slot, command } = proposal;
    match command {
        Proposed::New(op) => format!("{leader} {slot} {op}"),
        Proposed::Again(id) => format!("{leader} {slot} {id}"),
    }
}

/// A scenario being played: a world, what was ever voted behind it, and the actions still to come.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    scenario: &'a Scenario,
    world: World,
    watch: Watch,
    done: usize,
}

/// One step of a run.
#[derive(Clone, Debug)]
pub struct Step {
    /// The action's place in the file, the first being 1.
    pub number: usize,
    /// What was done.
    pub action: Action,
    /// The world as it was.
    pub before: World,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The world as it is now.
    pub after: World,
    /// What does not hold now.
    pub violations: Vec<Violation>,
}

/// An action that could not be done.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("action {number}, {}: {why}", quote(&.line.text))]
#[allow(missing_docs)]
pub struct StepError {
    /// The action's place in the file, the first being 1.
    pub number: usize,
    pub line: Line,
    pub why: Why,
}

/// Why an action could not be done.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Why {
    /// Its line is no action of that world.
    #[error(transparent)]
    Text(#[from] ActionError),
    /// It is not enabled.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl StepError {
    /// The same as an error of this file.
    pub fn in_file(&self, file: &str) -> FileError {
        FileError::new(file, self.line.at, self.to_string())
    }
}

impl Run<'_> {
    /// The world as it is now.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What was ever voted and decided, and the invariants.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// What was ever voted and decided.
    pub fn history(&self) -> &History {
        self.watch.history()
    }

    /// What does not hold now.
    pub fn violations(&self) -> Vec<Violation> {
        self.watch.violations()
    }

    fn try_step(&mut self, number: usize, line: &Line) -> Result<Step, Why> {
        let action = parse_action(&line.text, &self.world)?;
        let before = self.world.clone();
        let events = self.world.apply(&action)?;
        self.watch.observe(&before, &self.world, &events);
        let violations = self.violations();
        Ok(Step { number, action, before, events, after: self.world.clone(), violations })
    }
}

/// The steps, as long as there are actions; it ends after one that could not be done.
impl Iterator for Run<'_> {
    type Item = Result<Step, StepError>;

    fn next(&mut self) -> Option<Self::Item> {
        let scenario = self.scenario;
        let line = scenario.actions.get(self.done)?;
        self.done += 1;
        let number = self.done;
        let step = self.try_step(number, line);
        if step.is_err() {
            self.done = scenario.actions.len();
        }
        Some(step.map_err(|why| StepError { number, line: line.clone(), why }))
    }
}
