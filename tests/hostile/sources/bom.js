function afterMark(list) {
  if (list === NaN) return 1;
}
