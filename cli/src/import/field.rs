//! What a column of a shop's table can mean, and how such columns are usually called.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    User,
    Item,
    Time,
    Kind,
    Order,
    Price,
    Quantity,
    Rating,
    Name,
    Brand,
    Size,
    Category,
    Department,
    ShopItem,
    Session,
    Position,
}

use Field::*;

impl Field {
    pub const COUNT: usize = 16;
    pub const ALL: [Self; Self::COUNT] = [
        User, Item, Time, Kind, Order, Price, Quantity, Rating, Name, Brand, Size, Category, Department, ShopItem,
        Session, Position,
    ];

    /// Whether it says what an item is, and not what somebody did to it.
    pub fn is_of_items(self) -> bool {
        matches!(self, Item | Price | Name | Brand | Size | Category | Department | ShopItem)
    }

    /// Whether it is of interest only to who reads a table as sessions.
    pub fn is_of_sessions(self) -> bool {
        matches!(self, Session | Position)
    }

    pub fn name(self) -> &'static str {
        match self {
            User => "user",
            Item => "item",
            Time => "time",
            Kind => "kind",
            Order => "order",
            Price => "price",
            Quantity => "quantity",
            Rating => "rating",
            Name => "name",
            Brand => "brand",
            Size => "size",
            Category => "category",
            Department => "department",
            ShopItem => "shop_item",
            Session => "session",
            Position => "position",
        }
    }

    /// Lower case, letters and digits only; the likeliest first.
    pub fn usual_names(self) -> &'static [&'static str] {
        match self {
            // A session stands in for the user only where nothing better is there.
            User => &[
                "userid",
                "user",
                "customerid",
                "customer",
                "householdid",
                "householdkey",
                "household",
                "clientid",
                "client",
                "visitorid",
                "visitor",
                "memberid",
                "shopperid",
                "buyerid",
                "accountid",
                "userpseudoid",
                "reviewerid",
                "uid",
                "sessionid",
                "session",
                "usersession",
            ],
            Item => &[
                "itemid",
                "item",
                "productid",
                "product",
                "articleid",
                "article",
                "sku",
                "stockcode",
                "asin",
                "variantid",
                "goodsid",
                "movieid",
                "bookid",
                "isbn",
                "iid",
            ],
            Time => &[
                "at",
                "ts",
                "time",
                "timestamp",
                "eventtime",
                "eventtimestamp",
                "datetime",
                "transactiontimestamp",
                "createdat",
                "purchasedat",
                "orderdate",
                "invoicedate",
                "tdat",
                "date",
                "day",
                "unixreviewtime",
            ],
            Kind => &[
                "kind",
                "event",
                "eventtype",
                "eventname",
                "action",
                "actiontype",
                "behavior",
                "behaviortype",
                "interaction",
                "interactiontype",
                "type",
            ],
            Order => &[
                "order",
                "orderid",
                "basketid",
                "basket",
                "transactionid",
                "transaction",
                "invoiceno",
                "invoice",
                "invoiceid",
                "receiptid",
                "checkoutid",
            ],
            Price => &["price", "unitprice", "itemprice", "saleprice", "priceusd", "priceeur"],
            Quantity => &["quantity", "qty", "count", "units", "amount", "number"],
            Rating => &["rating", "stars", "overall", "score"],
            Name => {
                &["name", "title", "itemname", "productname", "itemtitle", "producttitle", "prodname", "description"]
            }
            Brand => &["brand", "brandname", "itembrand", "manufacturer", "vendor"],
            Size => &["size", "packagesize", "pack", "unit"],
            Category => &[
                "category",
                "categorypath",
                "categorycode",
                "categoryname",
                "itemcategory",
                "productcategory",
                "productgroupname",
                "aisle",
            ],
            Department => &["department", "departmentname", "maincategory"],
            ShopItem => &["shopitem", "shopitemid"],
            Session => &["sessionid", "session", "usersession"],
            Position => &["seq", "position", "step", "sequence", "sequencenumber"],
        }
    }

    /// What would be right in such a column.
    pub fn right(self) -> &'static str {
        match self {
            User | Item | Order | ShopItem | Session => "a text or a whole number",
            Time => {
                "seconds or milliseconds since 1970, or 2024-05-31, 2024-05-31 14:05:00, \
                     2024-05-31T14:05:00Z"
            }
            Kind => "a word, such as view, cart or purchase",
            Price | Rating | Position => "a number, such as 12.99",
            Quantity => "a whole number, 0 or more",
            Name | Brand | Size | Category | Department => "a text",
        }
    }
}

/// A column's name as it is compared: lower case, letters and digits only.
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
