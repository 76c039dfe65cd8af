// Asking for the wrong thing: each function that is marked beside one that is right.

export function ratio(done, all) {
  const share = done / all;
  if (share === NaN) return 0; // expect: js-nan-comparison
  return share;
}

export function percent(done, all) {
  const share = done / all;
  if (Number.isNaN(share) || share === Infinity) return 0;
  return Math.round(share * 100);
}

export function hasTimeout(options) {
  return parseInt(options.timeout, 10) !== Number.NaN; // expect: js-nan-comparison
}

export function withoutDefaults(options, defaults) {
  for (const key of Object.getOwnPropertyNames(options)) {
    if (!key in defaults) return false; // expect: js-negated-operand
  }
  return true;
}

export function onlyDefaults(options, defaults) {
  for (const key of Object.getOwnPropertyNames(options)) {
    if (!(key in defaults)) return false;
  }
  return !options.strict || 'strict' in defaults;
}

export function describe(error) {
  if (!error instanceof Error) return String(error); // expect: js-negated-operand
  return error.message;
}

export function explain(error) {
  if (!(error instanceof Error)) return String(error);
  return error.stack;
}

export function inView(item, view) {
  if (view.top <= item.top < view.bottom) { // expect: js-chained-comparison
    return true;
  }
  return false;
}

export function inMargin(item, view) {
  const sign = item.top < view.top === item.left < view.left;
  return view.top <= item.top && item.top < view.bottom && sign;
}

export function isEmpty(basket) {
  return basket.items === []; // expect: js-sure-inequality
}

export function isUntouched(basket, initial) {
  return basket.items === initial || basket.items.length === 0;
}

export function kindOf(value) {
  if (typeof value === 'array') return 'list'; // expect: js-unknown-typeof
  if (value === null || typeof value === 'object') return 'record';
  return typeof value;
}

export function kindName(value, types) {
  if (Array.isArray(value)) return 'list';
  for (const type of types) {
    if (typeof value === type) return type;
  }
  return typeof value === 'bigint' ? 'number' : 'other';
}

export function isDefined(value) {
  return typeof value != 'undefinde'; // expect: js-unknown-typeof
}

export function fee(weight) {
  if (weight > 20) {
    return 12;
  } else if (weight > 5) {
    return 7;
  } else if (weight > 20) { // expect: js-condition-repeated
    return 20;
  }
  return 4;
}

export function readOption(reader) {
  // Each question takes a word away.
  if (reader.next() === '--') return 'end';
  else if (reader.next() === '--') return 'second end';
  return 'word';
}

export function isBackwards(speed) {
  return speed === -0; // expect: js-negative-zero
}

export function isStopped(speed) {
  return speed === 0 || speed === -1;
}

export function hasFlag(flags) {
  return flags.indexOf('verbose') !== -1; // expect: js-index-for-includes
}

export function afterFlag(flags) {
  const at = flags.indexOf('--');
  return at === -1 ? [] : flags.slice(at + 1);
}
