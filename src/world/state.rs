//! The world: a plain value.

use std::sync::Arc;

use serde::Serialize;

use crate::pmmc::{
    Acceptor, AcceptorId, Bug, Client, ClientId, Cluster, Command, CommandId, Context, Effects, Leader, LeaderId, Op,
    P2aRule, ProcessId, Replica, ReplicaId, Rules, Slot, Start,
};

use super::{Envelope, Local, LocalRef, Network, Partition};

/// A process with its state, up or down. A process that is down keeps only what is in stable storage.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Node<T> {
    pub up: bool,
    /// Shared between worlds as long as it is the same: a step changes one process, and worlds are kept by the thousand.
    pub state: Arc<T>,
}

impl<T: Clone> Node<T> {
    pub(super) fn state_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.state)
    }
}

/// A request that a random or searched run may make.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Request {
    pub client: ClientId,
    pub op: Op,
}

/// A command that lies at a leader before step 1.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InitialProposal {
    /// At which leader.
    pub leader: LeaderId,
    /// For which slot.
    pub slot: Slot,
    /// What it wants there.
    pub command: Proposed,
}

/// The command of a proposal that lies at a leader before step 1.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Proposed {
    /// A new command.
    New(Op),
    /// The command that an earlier proposal made.
    Again(CommandId),
}

/// How a run begins.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
#[allow(missing_docs)]
pub struct Setup {
    pub cluster: Cluster,
    pub rules: Rules,
    /// What random and searched runs may request, in this order.
    pub workload: Vec<Request>,
    pub proposals: Vec<InitialProposal>,
}

/// Why there can be no such world.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum SetupError {
    #[error("a cluster needs at least one {0}")]
    None(&'static str),
    #[error("{count} {role} are too many: at most {most} fit")]
    TooMany { role: &'static str, count: u8, most: u8 },
    #[error("window must be 1 or more: with 0 no slot could ever be proposed")]
    NoWindow,
    #[error("first_slot must be 0 or 1, not {0}")]
    FirstSlot(Slot),
    #[error("half_quorum needs 4 acceptors, or another even number above: with {0} half is a majority")]
    HalfQuorum(u8),
    #[error("accept_no_raise needs p2a: at_least, state_reduction: true and 3 leaders: without them it is harmless")]
    AcceptNoRaise,
    #[error("there is no {process}: the cluster has {has}")]
    NoSuchProcess { process: ProcessId, has: String },
    #[error("slot {slot} is below the first slot, {first}")]
    BelowFirstSlot { slot: Slot, first: Slot },
    #[error("{leader} cannot hold two proposals for slot {slot}")]
    TwoProposals { leader: LeaderId, slot: Slot },
    #[error("no proposal before this one has a command {0}")]
    UnknownCommand(CommandId),
}

/// The whole cluster at one moment. Equal worlds are equal bytes; what was ever voted or decided is kept beside it, in
/// [`super::History`].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct World {
    pub(crate) context: Arc<Context>,
    pub(crate) clients: Vec<Node<Client>>,
    pub(crate) replicas: Vec<Node<Replica>>,
    pub(crate) leaders: Vec<Node<Leader>>,
    pub(crate) acceptors: Vec<Node<Acceptor>>,
    pub(crate) network: Network,
    pub(crate) partition: Option<Partition>,
    pub(crate) workload: Arc<Vec<Request>>,
    /// How many requests of the workload were made.
    pub(crate) workload_done: usize,
}

impl World {
    /// The world before step 1.
    pub fn new(setup: &Setup) -> Result<Self, SetupError> {
        check_cluster(setup.cluster)?;
        check_rules(setup.cluster, &setup.rules)?;
        let context = Context { cluster: setup.cluster, rules: setup.rules.clone(), commands: Vec::new() };
        let mut world = Self {
            clients: setup.cluster.clients().map(|_| up(Client::default())).collect(),
            replicas: setup.cluster.replicas().map(|id| up(Replica::new(id, &context))).collect(),
            leaders: setup.cluster.leaders().map(|id| up(Leader::new(id))).collect(),
            acceptors: setup.cluster.acceptors().map(|_| up(Acceptor::default())).collect(),
            context: Arc::new(context),
            network: Network::default(),
            partition: None,
            workload: Arc::new(setup.workload.clone()),
            workload_done: 0,
        };
        for request in &setup.workload {
            world.check_process(request.client.into())?;
        }
        for proposal in &setup.proposals {
            world.lay_proposal(proposal)?;
        }
        if setup.rules.start == Start::Run {
            for id in setup.cluster.leaders() {
                let mut effects = Effects::default();
                world.leaders[usize::from(id)].state_mut().run_for_office(&world.context, &mut effects);
                for (to, message) in effects.sent {
                    world.network.add(Envelope { from: id.into(), to, message });
                }
            }
        }
        Ok(world)
    }

    fn lay_proposal(&mut self, proposal: &InitialProposal) -> Result<(), SetupError> {
        let InitialProposal { leader, slot, command } = proposal;
        self.check_process((*leader).into())?;
        let first = self.context.rules.first_slot;
        if *slot < first {
            return Err(SetupError::BelowFirstSlot { slot: *slot, first });
        }
        let command = match command {
            Proposed::New(op) => {
                let client = self.context.cluster.clients().next();
                self.add_command(Command { client, op: op.clone() })
            }
            Proposed::Again(id) if self.context.command(*id).is_some() => *id,
            Proposed::Again(id) => return Err(SetupError::UnknownCommand(*id)),
        };
        match self.leaders[usize::from(*leader)].state_mut().proposals.insert(*slot, command) {
            None => Ok(()),
            Some(_) => Err(SetupError::TwoProposals { leader: *leader, slot: *slot }),
        }
    }

    fn check_process(&self, process: ProcessId) -> Result<(), SetupError> {
        if self.context.cluster.has(process) {
            return Ok(());
        }
        Err(SetupError::NoSuchProcess { process, has: self.who_is_there(process) })
    }

    /// The processes of the same role, in words: `A0 to A2`.
    pub(crate) fn who_is_there(&self, like: ProcessId) -> String {
        let same_role = |other: &ProcessId| std::mem::discriminant(other) == std::mem::discriminant(&like);
        let there: Vec<_> = self.context.cluster.processes().filter(same_role).collect();
        match there.as_slice() {
            [] => "none of its kind".to_owned(),
            [only] => format!("only {only}"),
            [first, .., last] => format!("{first} to {last}"),
        }
    }

    /// Adds a command to the table and gives it the next letter.
    pub(crate) fn add_command(&mut self, command: Command) -> CommandId {
        let commands = &mut Arc::make_mut(&mut self.context).commands;
        commands.push(command);
        CommandId((commands.len() - 1) as u16)
    }

    /// The same cluster in another state: these processes, these messages, and so many requests of the workload made.
    pub(crate) fn rearranged<'a>(
        &self,
        locals: impl IntoIterator<Item = (ProcessId, &'a Local)>,
        envelopes: impl IntoIterator<Item = &'a Envelope>,
        requested: usize,
    ) -> Self {
        let mut world = self.clone();
        for (process, local) in locals {
            let at = usize::from(process.index());
            match local {
                Local::Client(node) => set(&mut world.clients, at, node),
                Local::Replica(node) => set(&mut world.replicas, at, node),
                Local::Leader(node) => set(&mut world.leaders, at, node),
                Local::Acceptor(node) => set(&mut world.acceptors, at, node),
            }
        }
        world.network = Network::default();
        for envelope in envelopes {
            world.network.add(envelope.clone());
        }
        while world.workload_done < requested {
            let Some(Request { client, op }) = world.next_of_workload().cloned() else { break };
            world.add_command(Command { client: Some(client), op });
            world.workload_done += 1;
        }
        world
    }

    /// Shares with an earlier world what is the same again: worlds of a long run are kept by the thousand, and a process
    /// that crashed and restarted, or was told what it knew, is as it was.
    pub(crate) fn share(&mut self, earlier: &Self) {
        share(&mut self.context, &earlier.context);
        share_all(&mut self.clients, &earlier.clients);
        share_all(&mut self.replicas, &earlier.replicas);
        share_all(&mut self.leaders, &earlier.leaders);
        share_all(&mut self.acceptors, &earlier.acceptors);
    }

    /// The same world with these requests ahead: what a search may request.
    #[must_use]
    pub fn with_workload(mut self, requests: Vec<Request>) -> Self {
        (self.workload, self.workload_done) = (Arc::new(requests), 0);
        self
    }

    /// What of the workload was not requested yet.
    pub(crate) fn rest_of_workload(&self) -> &[Request] {
        self.workload.get(self.workload_done..).unwrap_or_default()
    }

    /// How many requests of the workload were made.
    pub(crate) fn requested(&self) -> usize {
        self.workload_done
    }

    /// The rules, the cluster and the commands so far.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The cluster's size.
    pub fn cluster(&self) -> Cluster {
        self.context.cluster
    }

    /// Clients, by id.
    pub fn clients(&self) -> &[Node<Client>] {
        &self.clients
    }

    /// Replicas, by id.
    pub fn replicas(&self) -> &[Node<Replica>] {
        &self.replicas
    }

    /// Leaders, by id.
    pub fn leaders(&self) -> &[Node<Leader>] {
        &self.leaders
    }

    /// Acceptors, by id.
    pub fn acceptors(&self) -> &[Node<Acceptor>] {
        &self.acceptors
    }

    /// One client, if there is such a one.
    pub fn client(&self, id: ClientId) -> Option<&Node<Client>> {
        self.clients.get(usize::from(id))
    }

    /// One replica, if there is such a one.
    pub fn replica(&self, id: ReplicaId) -> Option<&Node<Replica>> {
        self.replicas.get(usize::from(id))
    }

    /// One leader, if there is such a one.
    pub fn leader(&self, id: LeaderId) -> Option<&Node<Leader>> {
        self.leaders.get(usize::from(id))
    }

    /// One acceptor, if there is such a one.
    pub fn acceptor(&self, id: AcceptorId) -> Option<&Node<Acceptor>> {
        self.acceptors.get(usize::from(id))
    }

    /// The messages in flight.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Leaves out of this copy of a world the messages for which this does not hold.
    pub(crate) fn retain_in_flight(&mut self, keep: impl FnMut(&Envelope) -> bool) {
        self.network.retain(keep);
    }

    /// How the network is cut, if it is.
    pub fn partition(&self) -> Option<&Partition> {
        self.partition.as_ref()
    }

    /// The next request of the workload, if any is left.
    pub fn next_of_workload(&self) -> Option<&Request> {
        self.workload.get(self.workload_done)
    }

    /// A command that a client waits for: the first of the first client that waits.
    pub fn unanswered(&self) -> Option<CommandId> {
        self.clients.iter().find_map(|node| node.state.pending.first().copied())
    }

    /// The state of one process, if there is such a one.
    pub fn local(&self, process: ProcessId) -> Option<LocalRef<'_>> {
        match process {
            ProcessId::Client(id) => self.client(id).map(LocalRef::Client),
            ProcessId::Replica(id) => self.replica(id).map(LocalRef::Replica),
            ProcessId::Leader(id) => self.leader(id).map(LocalRef::Leader),
            ProcessId::Acceptor(id) => self.acceptor(id).map(LocalRef::Acceptor),
        }
    }

    /// The states of all processes, in their fixed order.
    pub fn locals(&self) -> impl Iterator<Item = (ProcessId, LocalRef<'_>)> {
        self.cluster().processes().filter_map(|process| Some((process, self.local(process)?)))
    }

    /// Whether this process is there and up.
    pub fn is_up(&self, process: ProcessId) -> bool {
        self.local(process).is_some_and(LocalRef::is_up)
    }

    /// Whether messages between these two get through the cut.
    pub fn connects(&self, a: ProcessId, b: ProcessId) -> bool {
        self.partition.as_ref().is_none_or(|partition| partition.connects(a, b))
    }
}

fn set<T: Clone>(nodes: &mut [T], at: usize, node: &T) {
    if let Some(place) = nodes.get_mut(at) {
        place.clone_from(node);
    }
}

fn share<T: PartialEq>(one: &mut Arc<T>, earlier: &Arc<T>) {
    if *one == *earlier {
        one.clone_from(earlier);
    }
}

fn share_all<T: PartialEq>(nodes: &mut [Node<T>], earlier: &[Node<T>]) {
    for (node, earlier) in nodes.iter_mut().zip(earlier) {
        share(&mut node.state, &earlier.state);
    }
}

fn up<T>(state: T) -> Node<T> {
    Node { up: true, state: Arc::new(state) }
}

fn check_cluster(cluster: Cluster) -> Result<(), SetupError> {
    let Cluster { acceptors, leaders, replicas, clients } = cluster;
    for (role, count, least) in
        [("acceptor", acceptors, 1), ("leader", leaders, 1), ("replica", replicas, 1), ("client", clients, 0)]
    {
        if count < least {
            return Err(SetupError::None(role));
        }
    }
    for (role, count) in [("acceptors", acceptors), ("leaders", leaders), ("replicas", replicas), ("clients", clients)]
    {
        if count > Cluster::MOST_OF_A_ROLE {
            return Err(SetupError::TooMany { role, count, most: Cluster::MOST_OF_A_ROLE });
        }
    }
    Ok(())
}

/// Whether these rules can be played in this cluster.
pub(super) fn check_rules(cluster: Cluster, rules: &Rules) -> Result<(), SetupError> {
    if rules.window == 0 {
        return Err(SetupError::NoWindow);
    }
    if rules.first_slot.0 > 1 {
        return Err(SetupError::FirstSlot(rules.first_slot));
    }
    if rules.broken(Bug::HalfQuorum) && (cluster.acceptors < 4 || !cluster.acceptors.is_multiple_of(2)) {
        return Err(SetupError::HalfQuorum(cluster.acceptors));
    }
    let reduces = rules.p2a == P2aRule::AtLeast && rules.state_reduction && cluster.leaders >= 3;
    if rules.broken(Bug::AcceptNoRaise) && !reduces {
        return Err(SetupError::AcceptNoRaise);
    }
    Ok(())
}
