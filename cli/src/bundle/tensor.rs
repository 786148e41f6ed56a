//! A tensor as it stands in the file.

use std::borrow::Cow;

use safetensors::{Dtype, View};

use crate::error::{Error, Result};

#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    data: Vec<u8>,
}

impl Tensor {
    pub fn f32(values: &[f32]) -> Self {
        Self::new(Dtype::F32, values, |value| value.to_le_bytes())
    }

    pub fn u32(values: &[u32]) -> Self {
        Self::new(Dtype::U32, values, |value| value.to_le_bytes())
    }

    pub fn u16(values: &[u16]) -> Self {
        Self::new(Dtype::U16, values, |value| value.to_le_bytes())
    }

    pub fn u8(values: &[u8]) -> Self {
        Self::new(Dtype::U8, values, |value| [value])
    }

    pub fn i8(values: &[i8], shape: Vec<usize>) -> Self {
        Self::new(Dtype::I8, values, |value| value.to_le_bytes()).shaped(shape)
    }

    /// Bytes as they are.
    pub fn raw(dtype: Dtype, shape: Vec<usize>, data: Vec<u8>) -> Self {
        Self { dtype, shape, data }
    }

    /// Places of so many items, as small as they fit.
    pub fn places(values: &[u32], items: usize) -> Self {
        if items > usize::from(u16::MAX) + 1 {
            return Self::u32(values);
        }
        Self::u16(&values.iter().map(|value| *value as u16).collect::<Vec<_>>())
    }

    /// Texts one after another, and where each starts; one more at the end.
    pub fn texts(texts: &[String]) -> Result<(Self, Self)> {
        let data: Vec<u8> = texts.iter().flat_map(|text| text.bytes()).collect();
        if u32::try_from(data.len()).is_err() {
            return Err(Error::request("ids and names of more than 4 GiB do not fit into a bundle"));
        }
        let ends = texts.iter().scan(0u32, |end, text| {
            *end += text.len() as u32;
            Some(*end)
        });
        let offsets: Vec<u32> = std::iter::once(0).chain(ends).collect();
        Ok((Self::u8(&data), Self::u32(&offsets)))
    }

    /// The same values as rows and columns.
    pub fn shaped(self, shape: Vec<usize>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), self.shape.iter().product::<usize>());
        Self { shape, ..self }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    fn new<T: Copy, const SIZE: usize>(dtype: Dtype, values: &[T], bytes: impl Fn(T) -> [u8; SIZE]) -> Self {
        let data = values.iter().flat_map(|value| bytes(*value)).collect();
        Self { dtype, shape: vec![values.len()], data }
    }
}

impl View for Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.data)
    }

    fn data_len(&self) -> usize {
        self.data.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_take_two_bytes_where_two_are_enough() {
        let last = u32::from(u16::MAX);
        assert_eq!(Tensor::places(&[1, last], 65_536).bytes(), [1, 0, 255, 255]);
        assert_eq!(Tensor::places(&[1, last], 65_537).bytes(), [1, 0, 0, 0, 255, 255, 0, 0]);
    }
}
