//! What a worker may do instead of the job.

use super::observe::{factors, Job, Observed, Prints, TOKENS};
use super::worker::{Model, Sampling, Served, Worker};
use crate::sampler::TokenBias;
use crate::CandleEngine;
use hanzo_poai::Decoding;
use sp_core::H256;

/// Attacks of a kind, for a panel of the plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Another model, and the fingerprints it gives.
    Model,
    /// Another model for the tokens, fingerprints of the true one.
    Covered,
    /// Another temperature.
    Temperature,
    /// Another prior.
    Prior,
    /// Another input, seed or job.
    Other,
}

impl Family {
    pub(super) const ALL: [Self; 5] = [Self::Model, Self::Covered, Self::Temperature, Self::Prior, Self::Other];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Model => "another model",
            Self::Covered => "another model, true fingerprints",
            Self::Temperature => "another temperature (1 was asked for)",
            Self::Prior => "another prior",
            Self::Other => "another seed, prompt or job",
        }
    }
}

/// What is done otherwise than asked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cheat {
    /// Nothing but the model.
    None,
    Seed,
    /// Thousandths.
    Temperature(u32),
    /// Log factors for every token, thousandths of a nat of deviation.
    Factors(u32),
    /// One token (a blank) likelier by that many thousandths of a nat.
    Bias(i32),
    /// The first so many of 100 parts of the prompt are not read.
    Truncated(usize),
    /// The output of another job.
    Old,
}

/// One way to cheat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) family: Family,
    /// Asked for, thousandths.
    pub(super) temperature: u32,
    pub(super) model: Model,
    pub(super) prints: Prints,
    cheat: Cheat,
}

impl Attack {
    const fn new(name: &'static str, family: Family, model: Model, prints: Prints, cheat: Cheat) -> Self {
        Self { name, family, temperature: 1_000, model, prints, cheat }
    }

    const fn model(name: &'static str, model: Model) -> Self {
        Self::new(name, Family::Model, model, Prints::Own, Cheat::None)
    }

    const fn covered(name: &'static str, model: Model) -> Self {
        Self::new(name, Family::Covered, model, Prints::True, Cheat::None)
    }

    const fn sampling(name: &'static str, family: Family, cheat: Cheat) -> Self {
        Self::new(name, family, Model::True, Prints::Own, cheat)
    }

    const fn greedy(self) -> Self {
        Self { temperature: 0, ..self }
    }

    pub(super) fn decoding(&self) -> Decoding {
        Decoding { temperature_milli: self.temperature, ..Decoding::greedy(TOKENS as u32) }
    }

    /// Serves a job by cheating. The noise is that of the positions claimed, even where the prompt read is shorter.
    fn serve(&self, job: &Job, other: &Job, worker: &Worker, vocabulary: usize) -> crate::Result<Served> {
        let (mut decoding, mut seed, mut job, mut read) = (job.decoding, job.seed, job, &job.prompt[..]);
        let (mut bias, mut added) = (Vec::new(), Vec::new());
        match self.cheat {
            Cheat::None => {}
            Cheat::Seed => seed = H256(seed.0.map(|byte| !byte)),
            Cheat::Temperature(milli) => decoding.temperature_milli = milli,
            Cheat::Factors(milli) => added = factors(milli, vocabulary),
            Cheat::Bias(milli) => bias.push(TokenBias { token: u32::from(b' '), milli }),
            Cheat::Truncated(percent) => read = &read[read.len() * percent / 100..],
            Cheat::Old => {
                (job, seed) = (other, other.seed);
                read = &job.prompt;
            }
        }
        let sampling = Sampling { decoding: &decoding, seed, bias: &bias, factors: &added };
        worker.serve(read, job.prompt.len(), &sampling, usize::MAX, TOKENS)
    }

    /// What the verifier of a job sees of it. `other` is the job that an old output is from.
    pub(super) fn observe(
        &self,
        job: &Job,
        other: &Job,
        worker: &Worker,
        verifier: &CandleEngine,
        vocabulary: usize,
    ) -> crate::Result<Observed> {
        let served = self.serve(job, other, worker, vocabulary)?;
        Observed::new(verifier, job, &served, self.prints)
    }
}

/// Everything that is measured.
pub(super) const ATTACKS: [Attack; 33] = [
    Attack::model("untrained model", Model::Untrained),
    Attack::model("last layer left out", Model::Shallow),
    Attack::model("weights with 10 % noise", Model::Noise(100)),
    Attack::model("weights with 1 % noise", Model::Noise(10)),
    Attack::model("weights in 4 bits", Model::Bits(4)),
    Attack::model("weights in 8 bits", Model::Bits(8)),
    Attack::covered("untrained model, true fingerprints", Model::Untrained),
    Attack::covered("last layer left out, true fingerprints", Model::Shallow),
    Attack::covered("weights with 10 % noise, true fingerprints", Model::Noise(100)),
    Attack::covered("weights with 1 % noise, true fingerprints", Model::Noise(10)),
    Attack::covered("weights in 4 bits, true fingerprints", Model::Bits(4)),
    Attack::covered("weights in 8 bits, true fingerprints", Model::Bits(8)),
    Attack::covered("greedy, weights in 4 bits, true fingerprints", Model::Bits(4)).greedy(),
    Attack::covered("greedy, weights in 8 bits, true fingerprints", Model::Bits(8)).greedy(),
    Attack::sampling("temperature 0", Family::Temperature, Cheat::Temperature(0)),
    Attack::sampling("temperature 0.5", Family::Temperature, Cheat::Temperature(500)),
    Attack::sampling("temperature 0.8", Family::Temperature, Cheat::Temperature(800)),
    Attack::sampling("temperature 0.95", Family::Temperature, Cheat::Temperature(950)),
    Attack::sampling("temperature 1.05", Family::Temperature, Cheat::Temperature(1_050)),
    Attack::sampling("temperature 1.2", Family::Temperature, Cheat::Temperature(1_200)),
    Attack::sampling("temperature 1.5", Family::Temperature, Cheat::Temperature(1_500)),
    Attack::sampling("log factors of 1 nat", Family::Prior, Cheat::Factors(1_000)),
    Attack::sampling("log factors of 0.3 nats", Family::Prior, Cheat::Factors(300)),
    Attack::sampling("log factors of 0.1 nats", Family::Prior, Cheat::Factors(100)),
    Attack::sampling("one token likelier by 1 nat", Family::Prior, Cheat::Bias(1_000)),
    Attack::sampling("one token likelier by 0.1 nats", Family::Prior, Cheat::Bias(100)),
    Attack::sampling("another seed", Family::Other, Cheat::Seed),
    Attack::sampling("greedy, another seed", Family::Other, Cheat::Seed).greedy(),
    Attack::sampling("half of the prompt", Family::Other, Cheat::Truncated(50)),
    Attack::new(
        "half of the prompt, true fingerprints",
        Family::Other,
        Model::True,
        Prints::True,
        Cheat::Truncated(50),
    ),
    Attack::new(
        "90 % of the prompt, true fingerprints",
        Family::Other,
        Model::True,
        Prints::True,
        Cheat::Truncated(10),
    ),
    Attack::sampling("output of another job", Family::Other, Cheat::Old),
    Attack::new("output of another job, true fingerprints", Family::Other, Model::True, Prints::True, Cheat::Old),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn attacks_should_have_names_of_their_own_and_bounds_that_hold() {
        let names: BTreeSet<&str> = ATTACKS.iter().map(|attack| attack.name).collect();
        assert_eq!(names.len(), ATTACKS.len());
        assert!(ATTACKS.iter().all(|attack| attack.decoding().is_valid()));
        for family in Family::ALL {
            let count = ATTACKS.iter().filter(|attack| attack.family == family).count();
            assert!((1..=8).contains(&count), "{family:?} has {count}: a panel shows up to 8 lines");
        }
    }
}
