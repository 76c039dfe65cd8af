// What is started, and who waits for it or hears that it failed.

export async function saveAll(records, store) {
  records.forEach(async (record) => { // expect: js-async-foreach
    await store.save(record);
  });
  return records.length;
}

export async function saveEach(records, store) {
  for (const record of records) {
    await store.save(record);
  }
  records.forEach((record) => record.touch());
}

export async function saveTogether(records, store) {
  return Promise.all(records.map(async (record) => store.save(record)));
}

export function load(url, fetch) {
  return new Promise(async (resolve) => { // expect: js-async-executor
    const answer = await fetch(url);
    resolve(await answer.json());
  });
}

export function delay(duration, act) {
  return new Promise((resolve, reject) => {
    setTimeout(async () => {
      try {
        resolve(await act());
      } catch (error) {
        reject(error);
      }
    }, duration);
  });
}

export function parse(text, report) {
  let value = null;
  try {
    value = JSON.parse(text);
  } finally {
    report(text.length);
    return value; // expect: js-return-in-finally
  }
}

export function parseStrictly(text, report) {
  try {
    return JSON.parse(text);
  } finally {
    report(text.length);
  }
}
