export function saneSum(list) {
  if (list === NaN) return 0;
  return list.length;
}
