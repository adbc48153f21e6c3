//! How long a sequence a worker takes when nothing is said: memory for all of it is taken when a run begins, and the client
//! says how much that is.

use crate::model::config::ModelConfig;
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// The share of the memory that the keys and values of one run may take: there is one run at a time, and weights, a node
/// and the rest of the machine need the others.
const SHARE: u64 = 4;
/// Positions where the system does not say how much memory it has.
const WITHOUT_KNOWING: usize = 8_192;

/// Most positions of a sequence: the model's, as far as a quarter of the memory holds their keys and values.
pub(super) fn default(config: &ModelConfig) -> usize {
    let system = System::new_with_specifics(RefreshKind::new().with_memory(MemoryRefreshKind::new().with_ram()));
    let memory = match system.total_memory() {
        0 => 0,
        // A container has less than its machine.
        all => system.cgroup_limits().map_or(all, |limits| limits.total_memory),
    };
    within(config, memory)
}

/// The same for a machine with so many bytes; 0 if they are not known.
fn within(config: &ModelConfig, memory: u64) -> usize {
    let positions = match memory {
        0 => WITHOUT_KNOWING,
        bytes => usize::try_from(bytes / SHARE / (config.kv_bytes() as u64).max(1)).unwrap_or(usize::MAX),
    };
    positions.clamp(1, config.max_positions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelSource;

    #[test]
    fn context_should_be_the_models_unless_a_quarter_of_the_memory_holds_less() {
        let tiny = ModelSource::Tiny.load().unwrap().config;
        // The shape of Llama 2 7B: half a mebibyte for the keys of a position, and as much for its values.
        let llama =
            ModelConfig { layers: 32, heads: 32, kv_heads: 32, head_dim: 128, max_positions: 131_072, ..tiny.clone() };
        assert_eq!(llama.kv_bytes(), 1 << 20);
        assert_eq!(within(&llama, 32 << 30), 8_192);
        assert_eq!(within(&llama, 1 << 40), 131_072);
        assert_eq!([within(&llama, 0), within(&llama, 1)], [WITHOUT_KNOWING, 1]);
        assert_eq!(within(&tiny, 0), tiny.max_positions);
    }

    #[test]
    fn context_should_be_known_on_this_machine() {
        let tiny = ModelSource::Tiny.load().unwrap().config;
        assert_eq!(default(&tiny), tiny.max_positions);
    }
}
