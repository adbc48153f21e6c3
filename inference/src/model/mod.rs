//! Base models: what they are ([`config`]), where their numbers come from ([`source`], [`load_safetensors`], [`load_gguf`]),
//! how they are held ([`weights`]) and two ways to run them ([`decoder`] for replay, [`fast`] on Candle).

pub mod config;
pub mod decoder;
pub mod fast;
mod gguf_header;
pub mod load_gguf;
pub mod load_safetensors;
pub mod random;
pub mod source;
pub mod weights;
