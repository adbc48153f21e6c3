//! Weights from safetensors files.

use super::weights::{Bf16, Storage, TensorSource, F16};
use crate::error::{Error, Result};
use safetensors::{Dtype, SafeTensors};

/// The tensors of one or more safetensors files.
pub struct SafetensorsSource<'a> {
    files: Vec<(&'a str, SafeTensors<'a>)>,
}

impl<'a> SafetensorsSource<'a> {
    /// Reads the headers. Each file is its name and its bytes.
    pub fn new(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self> {
        let mut parsed: Vec<(&str, SafeTensors)> = Vec::new();
        for (file, bytes) in files {
            let tensors = SafeTensors::deserialize(bytes).map_err(|e| Error::WeightFile {
                file: file.into(),
                reason: format!("{e}; the file has {} bytes{}", bytes.len(), expected_len(bytes)),
            })?;
            for name in tensors.names() {
                if let Some((other, _)) = parsed.iter().find(|(_, t)| t.tensor(name).is_ok()) {
                    let reason = format!("tensor `{name}` is in {other} too");
                    return Err(Error::WeightFile { file: file.into(), reason });
                }
            }
            parsed.push((file, tensors));
        }
        Ok(Self { files: parsed })
    }
}

/// What a truncated file should have measured, if its header can still be read.
fn expected_len(bytes: &[u8]) -> String {
    let Some(Ok(prefix)) = bytes.get(..8).map(<[u8; 8]>::try_from) else { return String::new() };
    let header = u64::from_le_bytes(prefix);
    let end = usize::try_from(header).ok().and_then(|h| bytes.get(8..h.checked_add(8)?));
    let Some(Ok(json)) = end.map(serde_json::from_slice::<serde_json::Value>) else {
        return format!(", its header claims {header}");
    };
    let ends = json.as_object().into_iter().flatten().filter_map(|(_, tensor)| tensor["data_offsets"][1].as_u64());
    ends.max()
        .map_or(String::new(), |end| format!(", its header calls for {}", end.saturating_add(header).saturating_add(8)))
}

impl TensorSource for SafetensorsSource<'_> {
    fn get(&mut self, name: &str, shape: &[usize]) -> Result<Option<Storage>> {
        let Some(view) = self.files.iter().find_map(|(_, tensors)| tensors.tensor(name).ok()) else { return Ok(None) };
        if view.shape() != shape {
            return Err(Error::TensorShape {
                name: name.into(),
                found: view.shape().to_vec(),
                expected: shape.to_vec(),
            });
        }
        let bytes = view.data();
        let halves = || bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]]));
        Ok(Some(match view.dtype() {
            Dtype::F32 => {
                Storage::F32(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
            }
            Dtype::F16 => Storage::F16(halves().map(F16::from_bits).collect()),
            Dtype::BF16 => Storage::Bf16(halves().map(Bf16::from_bits).collect()),
            other => return Err(Error::ElementType { name: name.into(), found: format!("{other:?}") }),
        }))
    }
}
