//! What is asked for, and what it would cost.

use super::super::connect::{parse_hash, parse_units, units, NodeArgs};
use super::super::{DecodingArgs, Outcome};
use super::text;
use crate::client::Connection;
use crate::tokenizer::Tokenizer;
use crate::ModelSource;
use anyhow::{bail, ensure, Context};
use clap::Args;
use hanzo_poai::parts::{self, MAX_PARTS};
use hanzo_poai::{Decoding, ModelProfile, Part, Parts, ResourceClass, Resources};
use hanzo_traits::api::JobQuote;
use hanzo_traits::Tier;
use sp_core::H256;
use std::path::PathBuf;

/// Output tokens paid for when nothing is said.
const DEFAULT_OUTPUT_TOKENS: u32 = 64;

#[derive(Args, Debug)]
pub(in crate::cli) struct QuoteArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    work: WorkArgs,
}

/// The work asked for.
#[derive(Args, Debug)]
pub(super) struct WorkArgs {
    #[command(flatten)]
    prompt: PromptArgs,
    /// Model: its content hash, or its files (a directory with safetensors, or a GGUF file), from which the hash and the
    /// number of prompt tokens are read [default: the tiny model inside this program]
    #[arg(long, value_name = "HASH|PATH")]
    model: Option<String>,
    /// For a model that the chain has no profile of: resource-seconds to pay for, such as gpu=2.5; for each class (gpu, vram,
    /// cpu, ram, net, disk) that the job needs. All of them are the worker's when it has attested.
    #[arg(long = "resource", value_name = "CLASS=AMOUNT", value_parser = parse_resource)]
    resources: Vec<(ResourceClass, u128)>,
    /// Service tier; 0 is any worker
    #[arg(long, value_name = "TIER", default_value_t = 0)]
    tier: Tier,
    /// Take so many resource-seconds of a class as tokens of another tier, at least as strict as --tier, such as 2:gpu=1.5; may
    /// be given several times
    #[arg(long = "part", value_name = "TIER:CLASS=AMOUNT", value_parser = parse_part)]
    parts: Vec<(Tier, ResourceClass, u128)>,
    /// Another tier, at least as strict as --tier, whose tokens will do; may be given several times. The node is asked how much of
    /// each is cheapest
    #[arg(long = "route-tier", value_name = "TIER", conflicts_with = "parts")]
    route_tiers: Vec<Tier>,
    /// Most prompt tokens to pay for [default: counted if the model's files are at hand, else one per byte and two more, at
    /// most what the model takes]
    #[arg(long, value_name = "N")]
    max_prompt_tokens: Option<u32>,
    /// Most output tokens to pay for [default: 64, less if the model gives less]
    #[arg(long, value_name = "N")]
    max_output_tokens: Option<u32>,
    #[command(flatten)]
    decoding: DecodingArgs,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct PromptArgs {
    /// Text to continue
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    /// File with the text to continue
    #[arg(long, value_name = "FILE")]
    prompt_file: Option<PathBuf>,
}

/// The work with every default filled in.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) prompt: String,
    pub(super) model: H256,
    pub(super) tier: Tier,
    pub(super) parts: Parts,
    pub(super) max_prompt_tokens: u32,
    pub(super) decoding: Decoding,
    pub(super) profile: Option<ModelProfile>,
    pub(super) resources: Option<Resources>,
}

impl WorkArgs {
    /// Fills the defaults in from what the chain says of the model.
    pub(super) async fn resolve(&self, connection: &Connection, at: H256) -> anyhow::Result<Work> {
        let prompt = match (&self.prompt.prompt, &self.prompt.prompt_file) {
            (Some(text), _) => text.clone(),
            (None, Some(path)) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
            (None, None) => String::new(),
        };
        let (model, tokenizer) = self.model()?;
        let profile = connection.model_profile(model, at).await?;
        let counted = count(tokenizer.as_ref(), &prompt)?;
        let most = profile.map_or(u32::MAX, |profile| profile.max_prompt_tokens);
        let max_prompt_tokens = match (self.max_prompt_tokens, &tokenizer) {
            (Some(tokens), _) => tokens,
            (None, Some(_)) => counted,
            (None, None) => counted.min(most),
        };
        ensure!(
            tokenizer.is_none() || counted <= max_prompt_tokens,
            "the prompt has {counted} tokens, above --max-prompt-tokens {max_prompt_tokens}: no worker would take the job"
        );
        let resources = self.resources(model, profile.is_some())?;
        let default = profile.map_or(u32::MAX, |profile| profile.max_output_tokens).min(DEFAULT_OUTPUT_TOKENS);
        let decoding = self.decoding.decoding(self.max_output_tokens.unwrap_or(default))?;
        let needed = match (&profile, resources) {
            (Some(profile), _) => profile.usage(max_prompt_tokens, decoding.max_output_tokens),
            (None, resources) => resources,
        };
        let needed = needed.context("what the job takes leaves the range of amounts")?;
        let parts = match self.route_tiers.is_empty() {
            true => self.parts(&needed)?,
            false => self.route(connection, &needed, at).await?,
        };
        Ok(Work { prompt, model, tier: self.tier, parts, max_prompt_tokens, decoding, profile, resources })
    }

    /// The parts named.
    fn parts(&self, needed: &Resources) -> anyhow::Result<Parts> {
        let mut parts = Vec::new();
        for (tier, class, amount) in &self.parts {
            let name = class.name();
            ensure!(*tier != self.tier, "--part {tier}:{name}: the rest is of tier {tier} anyway, the job's own");
            add_part(&mut parts, *tier, *class, *amount)
                .with_context(|| format!("--part {tier}:{name} is given twice"))?;
            let sum = parts::sum(&parts, *class).context("--part leaves the range of amounts")?;
            let most = needed.get(*class);
            ensure!(sum <= most, "--part takes {} {name}, the job needs {} of it", units(sum), units(most));
        }
        bounded(parts)
    }

    /// The parts of the cheapest way to buy what is needed in the job's tier and the others named.
    async fn route(&self, connection: &Connection, needed: &Resources, at: H256) -> anyhow::Result<Parts> {
        let tiers: Vec<_> = std::iter::once(self.tier).chain(self.route_tiers.iter().copied()).collect();
        let route = connection.route(needed, &tiers, at).await?;
        tracing::info!(credits = %units(route.total.0), ?tiers, block = route.at, "route, in AI");
        let mut parts = Vec::new();
        for class in &route.classes {
            for share in class.shares.iter().filter(|share| share.tier != self.tier && share.psi.0 > 0) {
                add_part(&mut parts, share.tier, class.class, share.psi.0).context("the route names a pool twice")?;
            }
        }
        bounded(parts)
    }

    /// Hash of the model, and its tokenizer if its files are at hand.
    fn model(&self) -> anyhow::Result<(H256, Option<Tokenizer>)> {
        let tiny = ModelSource::Tiny.load()?;
        let Some(text) = &self.model else { return Ok((tiny.hash, Some(tiny.tokenizer))) };
        if let Ok(hash) = parse_hash(text) {
            return Ok((hash, (hash == tiny.hash).then_some(tiny.tokenizer)));
        }
        let loaded = ModelSource::Path(text.into()).load();
        let loaded = loaded.with_context(|| format!("--model {text}: not a hash of 32 bytes, and no model there"))?;
        Ok((loaded.hash, Some(loaded.tokenizer)))
    }

    /// The resources named, which a model must have exactly if it has no profile.
    fn resources(&self, model: H256, has_profile: bool) -> anyhow::Result<Option<Resources>> {
        let mut resources = Resources::default();
        for (class, amount) in &self.resources {
            ensure!(resources.get(*class) == 0, "--resource {} is given twice", class.name());
            resources.set(*class, *amount);
        }
        match (has_profile, resources.is_zero()) {
            (true, true) => Ok(None),
            (false, false) => Ok(Some(resources)),
            (true, false) => bail!("model {model:?} has a profile, which says what its jobs take; leave --resource out"),
            (false, true) => bail!(
                "the chain has no profile of model {model:?}: say with --resource what the job takes, such as --resource \
                 cpu=2 --resource ram=4"
            ),
        }
    }
}

impl Work {
    /// What it would cost on top of a block.
    pub(super) async fn quote(&self, connection: &Connection, at: H256) -> anyhow::Result<JobQuote<u32>> {
        let (prompt, output) = (self.max_prompt_tokens, self.decoding.max_output_tokens);
        let quote = match &self.resources {
            Some(resources) => connection.quote_resources((self.tier, &self.parts), resources, at).await,
            None => connection.quote(self.model, (self.tier, &self.parts), (prompt, output), at).await,
        };
        quote.with_context(|| {
            format!(
                "no quote for model {:?}, tier {}, {prompt} prompt and {output} output tokens",
                self.model, self.tier
            )
        })
    }
}

/// Tokens of a prompt, at most if its model's tokenizer is not at hand. Fails if it has none.
fn count(tokenizer: Option<&Tokenizer>, prompt: &str) -> anyhow::Result<u32> {
    let count = match tokenizer {
        Some(tokenizer) => tokenizer.encode(prompt)?.len(),
        // No tokenizer splits a byte; two tokens more may start the text, a special one and SentencePiece's space.
        None => prompt.len().saturating_add(2),
    };
    ensure!(
        count > 0,
        "the prompt, of {} bytes, has no token: there is nothing to continue, and no worker would take the job",
        prompt.len()
    );
    u32::try_from(count).context("the prompt is too long")
}

/// Adds an amount of a class to what is taken of a tier; none if it is there already.
fn add_part(parts: &mut Vec<Part>, tier: Tier, class: ResourceClass, amount: u128) -> Option<()> {
    let place = parts.iter().position(|part| part.tier == tier).unwrap_or_else(|| {
        parts.push(Part { tier, ..Part::default() });
        parts.len() - 1
    });
    let resources = &mut parts.get_mut(place)?.resources;
    (resources.get(class) == 0).then(|| resources.set(class, amount))
}

/// As many parts as a job may have.
fn bounded(parts: Vec<Part>) -> anyhow::Result<Parts> {
    let count = parts.len();
    let parts = Parts::try_from(parts).ok();
    parts.with_context(|| format!("tokens of {count} tiers beside --tier; a job takes those of {} at most", MAX_PARTS))
}

/// `tier:class=amount`, the amount in whole resource-seconds.
fn parse_part(text: &str) -> Result<(Tier, ResourceClass, u128), String> {
    let (tier, resource) = text.split_once(':').ok_or_else(|| format!("'{text}' is not TIER:CLASS=AMOUNT"))?;
    let tier = tier.parse().map_err(|_| format!("'{tier}' is no tier; tiers are numbers from 0 to 255"))?;
    let (class, amount) = parse_resource(resource)?;
    Ok((tier, class, amount))
}

/// `class=amount`, the amount in whole resource-seconds.
fn parse_resource(text: &str) -> Result<(ResourceClass, u128), String> {
    let (name, amount) = text.split_once('=').ok_or_else(|| format!("'{text}' is not CLASS=AMOUNT"))?;
    let class = ResourceClass::ALL.into_iter().find(|class| class.name() == name);
    let class = class.ok_or_else(|| {
        let names: Vec<_> = ResourceClass::ALL.into_iter().map(ResourceClass::name).collect();
        format!("'{name}' is no resource class; there are {}", names.join(", "))
    })?;
    match parse_units(amount)? {
        0 => Err(format!("{name} is 0; leave it out")),
        amount => Ok((class, amount)),
    }
}

pub(super) async fn quote(args: &QuoteArgs, json: bool) -> anyhow::Result<Outcome> {
    let connection = args.node.connect().await?;
    let best = connection.best().await?;
    let work = args.work.resolve(&connection, best.hash()).await?;
    let quote = work.quote(&connection, best.hash()).await?;
    if json {
        println!("{}", serde_json::to_string(&quote)?);
    } else {
        let (prompt, output) = (work.max_prompt_tokens, work.decoding.max_output_tokens);
        println!("model       {:?}, tier {}, at most {prompt} + {output} tokens", work.model, work.tier);
        text::print_quote(&quote);
    }
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompt_should_be_refused_when_it_is_known_to_have_no_token() {
        let [plain, begun] = [None, Some(256)].map(|bos| Tokenizer::Bytes { bos });
        let error = count(Some(&plain), "").unwrap_err().to_string();
        assert!(error.contains("of 0 bytes, has no token"), "{error}");
        assert_eq!(count(Some(&plain), "ab").unwrap(), 2);
        assert_eq!(count(Some(&begun), "").unwrap(), 1);
        assert_eq!(count(None, "").unwrap(), 2);
    }

    #[test]
    fn part_should_be_a_tier_and_a_resource() {
        assert_eq!(parse_part("2:gpu=1.5"), Ok((2, ResourceClass::Gpu, 1_500_000_000_000_000_000)));
        assert_eq!(parse_part("256:gpu=1").unwrap_err(), "'256' is no tier; tiers are numbers from 0 to 255");
        assert!(parse_part("gpu=1").unwrap_err().contains("TIER:CLASS=AMOUNT"));
        assert_eq!(parse_part("1:ram=0").unwrap_err(), "ram is 0; leave it out");
    }

    #[test]
    fn parts_should_be_refused_with_the_numbers_when_they_are_no_parts_of_the_job() {
        #[derive(clap::Parser)]
        struct Parsed {
            #[command(flatten)]
            work: WorkArgs,
        }
        let parts = |texts: &[&str]| {
            let arguments = ["test", "--prompt", "a"].into_iter().chain(texts.iter().flat_map(|text| ["--part", text]));
            let mut needed = Resources::default();
            needed.set(ResourceClass::Gpu, 3_000_000_000_000_000_000);
            <Parsed as clap::Parser>::parse_from(arguments).work.parts(&needed).map_err(|error| error.to_string())
        };
        let taken = parts(&["2:gpu=1", "1:gpu=2"]).unwrap();
        assert_eq!(taken.iter().map(|part| part.tier).collect::<Vec<_>>(), [2, 1]);
        for (texts, says) in [
            (&["2:gpu=1", "1:gpu=2.5"][..], "--part takes 3.5 gpu, the job needs 3 of it"),
            (&["2:ram=1"], "--part takes 1 ram, the job needs 0 of it"),
            (&["0:gpu=1"], "--part 0:gpu: the rest is of tier 0 anyway"),
            (&["1:gpu=1", "1:gpu=1"], "--part 1:gpu is given twice"),
            (&["1:gpu=0.1", "2:gpu=0.1", "3:gpu=0.1", "4:gpu=0.1"], "tokens of 4 tiers beside --tier"),
        ] {
            let error = parts(texts).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn resource_should_be_a_class_and_an_amount_above_zero() {
        assert_eq!(parse_resource("gpu=2.5"), Ok((ResourceClass::Gpu, 2_500_000_000_000_000_000)));
        assert_eq!(parse_resource("disk=0.000000000000000001"), Ok((ResourceClass::Disk, 1)));
        assert_eq!(parse_resource("gpu=0").unwrap_err(), "gpu is 0; leave it out");
        assert_eq!(
            parse_resource("tpu=1").unwrap_err(),
            "'tpu' is no resource class; there are gpu, vram, cpu, ram, net, disk"
        );
        assert!(parse_resource("gpu").unwrap_err().contains("CLASS=AMOUNT"));
        assert!(parse_resource("gpu=many").is_err());
    }
}
