#include <memory>
#include <vector>

class Shape {
 public:
  virtual ~Shape() = default;
  virtual double area() const = 0;
};

class Square : public Shape {
 public:
  double area() const override { return side_ * side_; }

 private:
  double side_ = 1;
};

class Disc final : public Shape {
 public:
  double area() const override { return 3.14 * radius_ * radius_; }

 private:
  double radius_ = 1;
};

double squares(const std::vector<Square>& all) {
  double sum = 0;
  for (const Square& one : all) {
    sum += one.area();  // expect: cpp-virtual-call-in-loop
  }
  return sum;
}

double discs(const std::vector<Disc>& all) {
  double sum = 0;
  for (const Disc& one : all) {
    sum += one.area();
  }
  return sum;
}

double shapes(const std::vector<std::unique_ptr<Shape>>& all) {
  double sum = 0;
  for (const auto& one : all) {
    sum += one->area();
  }
  return sum;
}

class Source {
 public:
  virtual ~Source() = default;
  virtual int read() { return 0; }
};

int drain(Source& source, int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) {
    sum += source.read();  // expect: cpp-virtual-call-in-loop
  }
  return sum;
}

int read_once(Source& source) { return source.read(); }
