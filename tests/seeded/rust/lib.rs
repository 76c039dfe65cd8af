//! Mistakes, each beside the same done right.

use regex::Regex;

pub struct User {
    pub name: String,
    pub age: u32,
    pub is_admin: bool,
}

pub fn first_admin(users: &[User]) -> Option<&User> {
    users.iter().filter(|user| user.is_admin).next() // expect: rust-filter-then-next
}

pub fn adults(users: &[User]) -> (usize, Option<&User>) {
    let mut rest = users.iter().filter(|user| user.age >= 18).skip(1);
    (users.iter().filter(|user| user.age >= 18).count(), rest.next())
}

pub fn write_row(out: &mut String, users: &[User]) {
    for user in users {
        out.push_str(&user.name);
        out.push_str(";"); // expect: rust-push-one-character
    }
}

pub fn write_quoted(out: &mut String, users: &[User]) {
    for user in users {
        out.push('"');
        out.push_str(&user.name);
        out.push_str("\", ");
    }
}

pub fn initial(user: &User) -> Option<char> {
    user.name.chars().nth(0) // expect: rust-nth-zero
}

pub fn second_letter(user: &User) -> Option<char> {
    user.name.chars().nth(1)
}

pub fn numbers_in(lines: &[String]) -> usize {
    let mut found = 0;
    for line in lines {
        let number = Regex::new(r"\d+").unwrap(); // expect: rust-regex-in-loop
        found += number.find_iter(line).count();
    }
    found
}

pub fn words_in(lines: &[String], patterns: &[String]) -> usize {
    let word = Regex::new(r"\w+").unwrap();
    let mut found = 0;
    for line in lines {
        found += word.find_iter(line).count();
    }
    for pattern in patterns {
        found += Regex::new(pattern).map_or(0, |one| one.captures_len());
    }
    found
}

pub fn ticket(user: &User) -> u32 {
    if user.age < 6 {
        0
    } else if user.age < 18 {
        5
    } else if user.age < 6 { // expect: rust-condition-repeated
        3
    } else {
        9
    }
}

pub fn fare(user: &User, zone: u32) -> u32 {
    if user.age < 6 {
        0
    } else if user.age < 18 {
        zone
    } else if user.age < 18 + zone {
        zone + 1
    } else {
        zone * 2
    }
}
