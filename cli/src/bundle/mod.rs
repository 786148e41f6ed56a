//! The factor bundle: one safetensors file that a browser downloads once.

mod read;
mod write;

pub use read::Contents;
pub use write::{Labels, Parts, write};

/// The format that this program writes.
pub const FORMAT: &str = "1";

/// The departments of a shop: the first level of its categories, in order of first appearance.
pub fn departments(categories: &[String]) -> Vec<String> {
    let mut departments: Vec<String> = Vec::new();
    for category in categories {
        let department = category.split(" > ").next().unwrap_or(category);
        if !departments.iter().any(|known| known == department) {
            departments.push(department.into());
        }
    }
    departments
}

#[cfg(test)]
mod tests {
    use super::departments;

    #[test]
    fn departments_stand_in_order_of_first_appearance() {
        let categories = ["Dairy > Milk", "Bakery > Bread", "Dairy > Cheese", "Wine"].map(String::from);
        assert_eq!(departments(&categories), ["Dairy", "Bakery", "Wine"]);
    }
}
