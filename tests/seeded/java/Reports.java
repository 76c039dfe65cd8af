import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.regex.Pattern;

/** Mistakes, each beside the same done right. */
final class Reports {
  private static final Pattern WORD = Pattern.compile("[\\w-]+");

  enum State { OPEN, CLOSED }

  record Order(String state, State kind, String note, int amount) {}

  boolean isOpen(Order order) {
    return order.state() == "open"; // expect: java-identity-of-text
  }

  boolean isClosed(Order order) {
    return order.kind() == State.CLOSED || "closed".equals(order.state());
  }

  boolean hasNote(Order order) {
    return order.note() != null && order.note() != ""; // expect: java-identity-of-text
  }

  boolean isPlain(Order order) {
    return order.note() == null || order.note().isEmpty();
  }

  String title() {
    return new String("Monthly report"); // expect: java-copy-of-text
  }

  String title(byte[] bytes, char[] rest) {
    return new String(bytes) + new String(rest, 0, 3);
  }

  Integer limit(Map<String, Integer> limits, String name) {
    return limits.getOrDefault(name, new Integer(100)); // expect: java-boxed-by-new
  }

  Integer lowest(Map<String, Integer> limits, String name) {
    return limits.getOrDefault(name, Integer.valueOf(0));
  }

  String csv(List<Order> orders) {
    String text = "state,amount\n";
    for (Order order : orders) {
      text += order.state() + "," + order.amount() + "\n"; // expect: java-text-grown-in-loop
    }
    return text;
  }

  String indented(List<String> lines) {
    String text = "";
    for (String line : lines) {
      text = text + "  " + line; // expect: java-text-grown-in-loop
    }
    return text;
  }

  String tsv(List<Order> orders) {
    StringBuilder text = new StringBuilder("state\tamount\n");
    int sum = 0;
    for (Order order : orders) {
      text.append(order.state()).append('\t').append(order.amount()).append('\n');
      sum += order.amount() + 1;
    }
    String all = text.toString();
    all += "total\t" + sum;
    return all;
  }

  int wordsIn(List<String> lines) {
    int words = 0;
    for (String line : lines) {
      words += (int) Pattern.compile("\\s+").splitAsStream(line).count(); // expect: java-pattern-in-loop
    }
    return words;
  }

  int namesIn(List<String> lines, List<String> patterns) {
    int names = 0;
    for (String line : lines) {
      names += (int) WORD.matcher(line).results().count();
    }
    for (String pattern : patterns) {
      names += Pattern.compile(pattern).flags();
    }
    return names;
  }

  boolean store(Order order, Lock lock) {
    boolean done = false;
    lock.lock();
    try {
      write(order);
      done = true;
    } finally {
      lock.unlock();
      return done; // expect: java-return-in-finally
    }
  }

  boolean storeSafely(Order order, Lock lock) {
    lock.lock();
    try {
      write(order);
      return true;
    } finally {
      lock.unlock();
    }
  }

  int grade(int points) {
    if (points >= 90) {
      return 1;
    } else if (points >= 75) {
      return 2;
    } else if (points >= 75) { // expect: java-condition-repeated
      return 3;
    }
    return 4;
  }

  int rank(int points, int bonus) {
    if (points >= 90) {
      return 1;
    } else if (points >= 75) {
      return 2;
    } else if (points >= 75 - bonus) {
      return 3;
    }
    return 4;
  }

  private void write(Order order) {
    System.out.println(order);
  }
}
