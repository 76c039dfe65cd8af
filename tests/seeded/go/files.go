// Package seeded holds mistakes, each beside the same done right.
package seeded

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
)

func countLines(paths []string) (int, error) {
	lines := 0
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer file.Close() // expect: go-defer-in-loop
		scanner := bufio.NewScanner(file)
		for scanner.Scan() {
			lines++
		}
	}
	return lines, nil
}

func countBytes(paths []string) (int, error) {
	size := 0
	for _, path := range paths {
		err := func() error {
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			info, err := file.Stat()
			if err == nil {
				size += int(info.Size())
			}
			return err
		}()
		if err != nil {
			return 0, err
		}
	}
	return size, nil
}

type counters struct {
	mutex  sync.Mutex
	values map[string]int
}

func (c *counters) addAll(names []string) {
	for _, name := range names {
		c.mutex.Lock()
		defer c.mutex.Unlock() // expect: go-defer-in-loop
		c.values[name]++
	}
}

func (c *counters) add(names []string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, name := range names {
		c.values[name]++
	}
}

func isHeader(line []byte) bool {
	return bytes.Compare(line[:4], []byte("HDR ")) == 0 // expect: go-compare-for-equal
}

func isBefore(left, right []byte) bool {
	return bytes.Compare(left, right) <= 0 && !bytes.Equal(left, right)
}

func versions(lines []string) []string {
	var found []string
	for _, line := range lines {
		if match := regexp.MustCompile(`v\d+\.\d+`).FindString(line); match != "" { // expect: go-regexp-in-loop
			found = append(found, match)
		}
	}
	return found
}

var date = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)

func dates(lines, patterns []string) []string {
	var found []string
	for _, line := range lines {
		found = append(found, date.FindString(line))
	}
	for _, pattern := range patterns {
		found = append(found, regexp.MustCompile(pattern).String())
	}
	return found
}

func isComment(line string) bool {
	return strings.Index(line, "//") != -1 // expect: go-index-for-contains
}

func comment(line string) string {
	if at := strings.Index(line, "//"); at != -1 {
		return line[at+2:]
	}
	return ""
}

func table(names []string) string {
	out := ""
	for _, name := range names {
		out += "<td>" + name + "</td>" // expect: go-text-grown-in-loop
	}
	return out
}

func indented(lines []string) string {
	out := ""
	for i := 0; i < len(lines); i++ {
		out = out + "  " + lines[i] // expect: go-text-grown-in-loop
	}
	return out
}

func list(names []string) string {
	var out strings.Builder
	for _, name := range names {
		fmt.Fprintf(&out, "<li>%s</li>", name)
	}
	text := out.String()
	text += "</ul>"
	return text
}

func weight(sizes []int) int {
	sum := 0
	for _, size := range sizes {
		sum += size + 1
	}
	return sum
}
