// The same mistakes behind types: these do not keep any of them away.

interface Item {
  id: string;
  price: number;
  tags: string[];
}

type Table = Record<string, Item>;

export class Basket {
  private items: Item[] = [];

  isEmpty(): boolean {
    return this.items === []; // expect: js-sure-inequality
  }

  isFull(limit: number): boolean {
    return this.items.length === limit;
  }

  async send(post: (item: Item) => Promise<void>): Promise<void> {
    this.items.forEach(async (item: Item) => { // expect: js-async-foreach
      await post(item);
    });
  }

  async sendInTurn(post: (item: Item) => Promise<void>): Promise<void> {
    for (const item of this.items) await post(item);
  }

  total(): number {
    const sum = this.items.reduce((all: number, item: Item) => all + item.price, 0);
    return sum === Number.NaN ? 0 : sum; // expect: js-nan-comparison
  }

  mean(): number {
    const mean = this.items.reduce((all: number, item: Item) => all + item.price, 0) / this.items.length;
    return Number.isNaN(mean) ? 0 : mean;
  }

  table(): Table {
    return this.items.reduce((all: Table, item: Item) => {
      return { ...all, [item.id]: item }; // expect: js-spread-in-reduce
    }, {});
  }

  tags(): string[] {
    return this.items.reduce((all: string[], item: Item) => {
      all.push(...item.tags);
      return all;
    }, []);
  }
}

export function prices(text: string): number[] {
  return text.split('\n').map(Number).sort(); // expect: js-numbers-sorted-as-text
}

export function sortedPrices(text: string): number[] {
  return text.split('\n').map(Number).sort((left: number, right: number) => left - right);
}

export function grid<T>(rows: number): T[][] {
  return Array(rows).fill([]); // expect: js-fill-with-one-object
}

export function row(columns: number): number[] {
  return Array<number>(columns).fill(0);
}

export function cheapest(items: Item[], limit: number): Item | undefined {
  return items.filter((item: Item) => item.price < limit)[0]; // expect: js-filter-for-first
}

export function cheap(items: Item[], limit: number): Item[] {
  return items.filter((item: Item) => item.price < limit).slice(0, 1);
}
