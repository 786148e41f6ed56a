//! The kinds of interaction, and the other names that shops use for them.

/// Our name for a kind: our own names, Google Analytics 4's events, and a few that public data
/// sets use (RetailRocket: `addtocart`, `transaction`; Taobao: `pv`, `fav`, `buy`).
pub fn kind(name: &str) -> Option<&'static str> {
    Some(match name.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "impression" | "view_item_list" | "view_promotion" => "impression",
        "view" | "view_item" | "product_view" | "detail" | "pv" => "view",
        "click" | "select_item" | "select_promotion" => "click",
        "search" | "view_search_results" => "search",
        "cart" | "add_to_cart" | "addtocart" => "cart",
        "uncart" | "remove_from_cart" | "removefromcart" => "uncart",
        "wish" | "add_to_wishlist" | "wishlist" | "favorite" | "favourite" | "fav" => "wish",
        "purchase" | "buy" | "order" | "transaction" => "purchase",
        "payment" | "add_payment_info" => "payment",
        "delivery" | "add_shipping_info" => "delivery",
        "refund" | "return" => "refund",
        "rate" | "rating" | "review" => "rate",
        _ => return None,
    })
}

pub const KINDS: &str = "impression, view, click, search, cart, uncart, wish, purchase, payment, \
                         delivery, refund, rate (or the names of Google Analytics 4)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_its_own_name() {
        for name in KINDS.split(" (").next().unwrap().split(", ") {
            assert_eq!(kind(name), Some(name));
        }
    }

    #[test]
    fn other_names_and_unknown_ones() {
        assert_eq!(kind("Add-to-Cart"), Some("cart"));
        assert_eq!(kind("view_item"), Some("view"));
        assert_eq!(kind("begin_checkout"), None);
        assert_eq!(kind(""), None);
    }
}
