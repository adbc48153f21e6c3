//! How fast this worker is, and whether that is fast enough for one job more.
//!
//! A worker answers with its bond for every job it accepts. So before it does, it compares the time left to the job's
//! deadline with the time that everything it has accepted, and this job after it, will take the one engine there is.

use std::fmt;
use std::time::{Duration, Instant};

/// How many times as long as its estimate a job may take: runs slow down with the context and with what else the machine
/// does.
const MARGIN: f64 = 2.0;
/// Blocks that are not for computing: the acceptance, the attestation, and one to spare.
const INCLUSION: u32 = 3;
/// Tokens that count as much as all before them.
const MEMORY: f64 = 512.0;
/// Prompts shorter than this say nothing about the time per token: a step of the engine costs the same with one token.
const SHORTEST_PROMPT: u64 = 16;
/// Likewise outputs: their end is spent on commitments.
const SHORTEST_OUTPUT: u64 = 8;

/// Tokens to be read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Prompt tokens.
    pub prompt: u64,
    /// Output tokens.
    pub output: u64,
}

impl std::iter::Sum for Work {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, work| Self {
            prompt: sum.prompt.saturating_add(work.prompt),
            output: sum.output.saturating_add(work.output),
        })
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} prompt and {} output tokens", self.prompt, self.output)
    }
}

/// Time that tokens take, seconds each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// A prompt token.
    pub prompt: f64,
    /// An output token after the first.
    pub output: f64,
}

impl Pace {
    /// What one run shows. Without a second output token, one is taken to last as long as the whole prompt.
    pub fn of(timing: &Timing) -> Self {
        let (first, rest) = (timing.to_first.as_secs_f64(), timing.after_first.as_secs_f64());
        let later = timing.work.output.saturating_sub(1);
        Self {
            prompt: first / timing.work.prompt.max(1) as f64,
            output: if later == 0 { first } else { rest / later as f64 },
        }
    }

    /// Takes a run into the mean, which is exponentially weighted by tokens: a long run counts for more than a short one. A
    /// run that was stopped while it read its prompt shows only that a token takes at least so long.
    pub fn learn(&mut self, timing: &Timing) {
        let (shown, work) = (Self::of(timing), timing.work);
        if work.prompt >= SHORTEST_PROMPT && (work.output > 0 || shown.prompt > self.prompt) {
            self.prompt = mean(self.prompt, shown.prompt, work.prompt);
        }
        if work.output >= SHORTEST_OUTPUT {
            self.output = mean(self.output, shown.output, work.output);
        }
    }

    /// Seconds that work takes.
    fn seconds(&self, work: Work) -> f64 {
        self.prompt * work.prompt as f64 + self.output * work.output as f64
    }
}

fn mean(before: f64, now: f64, tokens: u64) -> f64 {
    let weight = tokens as f64 / (tokens as f64 + MEMORY);
    before + (now - before) * weight
}

/// How long a run took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// What it read, and what it wrote until its end.
    pub work: Work,
    /// Time to the first output token, or to the end if there was none.
    pub to_first: Duration,
    /// Time from there to the end.
    pub after_first: Duration,
}

/// Times a run.
pub struct Stopwatch {
    start: Instant,
    first: Option<Instant>,
    tokens: u64,
}

impl Stopwatch {
    /// Starts it.
    pub fn start() -> Self {
        Self { start: Instant::now(), first: None, tokens: 0 }
    }

    /// Notes an output token.
    pub fn token(&mut self) {
        self.first.get_or_insert_with(Instant::now);
        self.tokens = self.tokens.saturating_add(1);
    }

    /// Ends it, after a run on a prompt of so many tokens.
    pub fn stop(self, prompt: usize) -> Timing {
        let end = Instant::now();
        let first = self.first.unwrap_or(end);
        Timing {
            work: Work { prompt: prompt as u64, output: self.tokens },
            to_first: first.saturating_duration_since(self.start),
            after_first: end.saturating_duration_since(first),
        }
    }
}

/// Why a job is not accepted although it could be run: the numbers.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "it cannot be done in time: {job} after {queued} already accepted take {seconds:.1} s here, {margin} times that is \
     needed to be safe, and {blocks} blocks of {block_ms} ms are left for it",
    margin = MARGIN
)]
pub struct TooLate {
    /// What the job takes at most.
    pub job: Work,
    /// What is to be done before it.
    pub queued: Work,
    /// Time for both at this worker's pace, without the margin.
    pub seconds: f64,
    /// Blocks left for computing.
    pub blocks: u32,
    /// Time from block to block, milliseconds.
    pub block_ms: u128,
}

/// Whether a job can be done in time after what is queued, at this pace, when `blocks` are left to its deadline and one
/// comes every `block_time`.
pub fn in_time(pace: Pace, job: Work, queued: Work, blocks: u32, block_time: Duration) -> Result<(), TooLate> {
    let seconds = pace.seconds(job) + pace.seconds(queued);
    let blocks = blocks.saturating_sub(INCLUSION);
    let left = f64::from(blocks) * block_time.as_secs_f64();
    // A pace that is not a number is no reason to accept; without a block left, nor is a job that is done.
    if blocks > 0 && seconds * MARGIN <= left {
        return Ok(());
    }
    Err(TooLate { job, queued, seconds, blocks, block_ms: block_time.as_millis() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOT: Duration = Duration::from_secs(2);
    /// A hundred prompt tokens a second, ten output tokens a second.
    const PACE: Pace = Pace { prompt: 0.01, output: 0.1 };
    const NOTHING: Work = Work { prompt: 0, output: 0 };

    fn timing(prompt: u64, output: u64, first: f64, rest: f64) -> Timing {
        let (to_first, after_first) = (Duration::from_secs_f64(first), Duration::from_secs_f64(rest));
        Timing { work: Work { prompt, output }, to_first, after_first }
    }

    #[test]
    fn job_should_be_in_time_when_twice_its_time_fits_between_acceptance_and_attestation() {
        // 1 s + 9 s, so 20 s with the margin: ten blocks, and three for the transactions.
        let job = Work { prompt: 100, output: 90 };
        assert_eq!(in_time(PACE, job, NOTHING, 13, SLOT), Ok(()));
        assert!(in_time(PACE, job, NOTHING, 12, SLOT).is_err());
        assert_eq!(in_time(PACE, job, NOTHING, 23, SLOT / 2), Ok(()));
    }

    #[test]
    fn job_should_be_too_late_with_all_numbers_when_the_queue_takes_its_time() {
        let (job, queued) = (Work { prompt: 100, output: 90 }, Work { prompt: 300, output: 20 });
        assert_eq!(in_time(PACE, job, queued, 18, SLOT), Ok(()));
        let late = in_time(PACE, job, queued, 17, SLOT).unwrap_err();
        assert_eq!((late.job, late.queued, late.blocks, late.block_ms), (job, queued, 14, 2_000));
        let text = late.to_string();
        for part in
            ["100 prompt and 90 output", "300 prompt and 20 output", "15.0 s", "2 times", "14 blocks of 2000 ms"]
        {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
    }

    #[test]
    fn job_should_be_too_late_when_its_deadline_is_over_or_the_pace_is_no_number() {
        let job = Work { prompt: 1, output: 1 };
        for blocks in 0..=3 {
            assert!(in_time(PACE, job, NOTHING, blocks, SLOT).is_err());
            assert!(in_time(PACE, NOTHING, NOTHING, blocks, SLOT).is_err());
        }
        for wrong in [f64::NAN, f64::INFINITY] {
            assert!(in_time(Pace { prompt: wrong, output: 0.1 }, job, NOTHING, u32::MAX, SLOT).is_err());
        }
    }

    #[test]
    fn pace_should_come_from_the_time_before_and_after_the_first_token() {
        assert_eq!(Pace::of(&timing(32, 9, 3.2, 4.0)), Pace { prompt: 0.1, output: 0.5 });
        assert_eq!(Pace::of(&timing(32, 1, 3.2, 0.0)).output, 3.2);
    }

    #[test]
    fn pace_should_go_half_the_way_with_as_many_tokens_as_it_remembers() {
        let mut pace = PACE;
        pace.learn(&timing(512, 513, 512.0 * 0.03, 512.0 * 0.3));
        assert!((pace.prompt - 0.02).abs() < 1e-9, "{pace:?}");
        assert!((pace.output - 0.2).abs() < 1e-3, "{pace:?}");
    }

    #[test]
    fn pace_should_not_learn_from_runs_too_short_to_tell() {
        let mut pace = PACE;
        pace.learn(&timing(15, 7, 60.0, 60.0));
        assert_eq!(pace, PACE);
    }

    #[test]
    fn pace_should_fall_only_when_a_run_was_stopped_in_its_prompt() {
        let mut pace = PACE;
        pace.learn(&timing(512, 0, 1.0, 0.0));
        assert_eq!(pace, PACE, "it was stopped early: that says nothing");
        pace.learn(&timing(512, 0, 512.0 * 0.03, 0.0));
        assert!((pace.prompt - 0.02).abs() < 1e-9, "{pace:?}");
        assert_eq!(pace.output, PACE.output);
    }
}
