package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// clockTick is USER_HZ, which Linux fixes to 100 for what /proc shows.
const clockTick = 10 * time.Millisecond

// processTree is the CPU time that a process, its children and those of theirs that have ended used so far.
func processTree(pid int) time.Duration {
	children := map[int][]int{}
	used := map[int]time.Duration{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		// The name in brackets may hold anything; what follows the last bracket does not.
		text := string(b)
		fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		if len(fields) < 15 {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		number := func(i int) int {
			n, _ := strconv.Atoi(fields[i]) // by proc(5) a number
			return n
		}
		children[number(1)] = append(children[number(1)], id)
		used[id] = time.Duration(number(11)+number(12)+number(13)+number(14)) * clockTick
	}
	var sum func(int) time.Duration
	sum = func(id int) time.Duration {
		total := used[id]
		for _, c := range children[id] {
			total += sum(c)
		}
		return total
	}
	return sum(pid)
}

// residentMB is the memory that a process holds, in MB of 1,000,000 bytes.
func residentMB(pid int) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "VmRSS:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			if err != nil {
				return 0, fmt.Errorf("read memory: %w", err)
			}
			return kb * 1024 / 1e6, nil
		}
	}
	return 0, fmt.Errorf("read memory: process %d shows none", pid)
}
