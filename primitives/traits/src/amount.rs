//! Amounts as RPC clients read them.

use alloc::string::String;
use codec::{Decode, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{
    de::{Error, MapAccess, Unexpected, Visitor},
    Deserialize, Deserializer, Serialize, Serializer,
};

/// A `u128` that JSON carries as a decimal string, since JavaScript numbers lose digits beyond 2⁵³. On the wire of the
/// runtime APIs it is a plain `u128`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    MaxEncodedLen,
    TypeInfo,
    derive_more::From,
    derive_more::Into,
    derive_more::Display,
)]
pub struct Amount(pub u128);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// Accepts a decimal string or a whole JSON number.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl<'de> Visitor<'de> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a whole number of wei below 2^128, as a decimal string or a number")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Amount, E> {
        Ok(Amount(number.into()))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Amount, E> {
        Ok(Amount(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map(Amount).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    /// `serde_json` presents a number as a map of one entry where some crate of the build turns on its arbitrary precision.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Amount, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((key, number)) if key == "$serde_json::private::Number" => self.visit_str(&number),
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// A `u64` as [`Amount`] is: any value keeps its digits in JSON.
pub(crate) mod text {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let Amount(number) = Amount::deserialize(deserializer)?;
        u64::try_from(number).map_err(|_| D::Error::custom("a number of 64 bits is expected"))
    }
}

/// Bytes that may not be there, as hexadecimal text.
pub(crate) mod optional_hex {
    use super::*;
    use alloc::vec::Vec;

    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Hex(#[serde(with = "sp_core::bytes")] Vec<u8>);

    pub(crate) fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => sp_core::bytes::serialize(bytes, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
        Ok(Option::<Hex>::deserialize(deserializer)?.map(|Hex(bytes)| bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_should_keep_every_digit_in_json() {
        let json = serde_json::to_string(&Amount(u128::MAX)).unwrap();
        assert_eq!(json, format!("\"{}\"", u128::MAX));
        assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), Amount(u128::MAX));
        assert_eq!(serde_json::from_str::<Amount>("17").unwrap(), Amount(17));
    }

    #[test]
    fn number_of_64_bits_should_keep_every_digit_in_json() {
        #[derive(Serialize, Deserialize)]
        struct Numbered(#[serde(with = "text")] u64);
        let json = serde_json::to_string(&Numbered(u64::MAX)).unwrap();
        assert_eq!(json, format!("\"{}\"", u64::MAX));
        assert_eq!(serde_json::from_str::<Numbered>(&json).unwrap().0, u64::MAX);
        assert!(serde_json::from_str::<Numbered>("\"18446744073709551616\"").is_err());
    }

    #[test]
    fn amount_should_be_refused_when_not_a_whole_number() {
        for text in ["\"1.5\"", "\"-1\"", "\"\"", "1.5", "\"340282366920938463463374607431768211456\""] {
            assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
        }
    }
}
