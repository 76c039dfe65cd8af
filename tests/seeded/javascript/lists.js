// Lists that hold, order or walk through something else than was meant; and work that need not be.

export function widths(line) {
  return line.split(',').map(parseInt); // expect: js-map-parseint
}

export function heights(line) {
  return line.split(',').map(parseFloat).concat(line.split(';').map((text) => parseInt(text, 10)));
}

export function median(line) {
  const values = line.split(' ').map(Number).sort(); // expect: js-numbers-sorted-as-text
  return values[Math.floor(values.length / 2)];
}

export function middleName(line) {
  const names = line.split(' ').map(String).sort();
  return names[Math.floor(names.length / 2)];
}

export function totals(rows) {
  let sum = 0;
  for (const row in Object.values(rows)) { // expect: js-for-in-keys
    sum += row.amount;
  }
  return sum;
}

export function amounts(rows) {
  const all = [];
  for (const id in rows) {
    if (Object.hasOwn(rows, id)) all.push(rows[id].amount);
  }
  for (const [, row] of Object.entries(rows)) all.push(row.tax);
  return all;
}

export function emptyBoard(rows) {
  return new Array(rows).fill([]); // expect: js-fill-with-one-object
}

export function blankBoard(rows, columns) {
  return Array.from({ length: rows }, () => new Array(columns).fill(' '));
}

export function firstAdmin(users) {
  return users.filter((user) => user.role === 'admin')[0]; // expect: js-filter-for-first
}

export function secondAdmin(users) {
  const admins = users.filter((user) => user.role === 'admin');
  return admins[1] ?? admins[0];
}

export function hasLate(tasks, now) {
  return tasks.filter((task) => task.due < now).length > 0; // expect: js-filter-to-count
}

export function manyLate(tasks, now) {
  return tasks.filter((task) => task.due < now).length > 10;
}

export function byId(rows) {
  return rows.reduce((table, row) => ({ ...table, [row.id]: row }), {}); // expect: js-spread-in-reduce
}

export function lastById(rows) {
  return rows.reduce((table, row) => {
    table[row.id] = { ...row };
    return table;
  }, {});
}

export function readPages(pages) {
  let all = [];
  for (const page of pages) {
    all = all.concat(page.items); // expect: js-array-copied-to-grow
  }
  return all;
}

export function readBoth(first, second) {
  let all = first.items;
  all = all.concat(second.items);
  const out = [];
  for (const item of all) out.push(item.id);
  return out;
}

export function history(events) {
  let steps = [];
  while (events.hasNext()) {
    steps = [...steps, events.next()]; // expect: js-array-copied-to-grow
  }
  return steps;
}

export function stamped(entry) {
  entry.at = new Date().getTime(); // expect: js-date-for-now
  return entry;
}

export function midnight(day) {
  const date = new Date(day);
  date.setHours(0, 0, 0, 0);
  return date.getTime() - new Date(day).getTime();
}
