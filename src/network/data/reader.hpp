// How rows are read that are not in memory: those of a stream, and those of other ranks.
#pragma once

#include <algorithm>
#include <mutex>
#include <utility>

#include "network/data/dataset.hpp"

namespace tepui {

inline constexpr Size kAhead = 256;                // rows read along when they are asked for one by one
inline constexpr Size kFirstPass = Size{1} << 18;  // values of x read at once when streamed data is checked

// Serves many threads, one at a time.
struct Dataset::Stream {
    explicit Stream(StreamedSource source_) : source(std::move(source_)) {}
    void read(Size first, Size count, double* x, double* targets, double* weights) {
        const std::lock_guard<std::mutex> one_at_a_time(reading);
        source.read(first, count, x, targets, weights);
    }
    // One row; those that follow it are read along when the rows are asked for one after the other.
    void read_row(Size k, double* x) {
        const std::lock_guard<std::mutex> one_at_a_time(reading);
        const Size features = source.features;
        if (k < ahead_first || k >= ahead_first + ahead_count) {
            ahead_count = k == next ? std::min(kAhead, source.samples - k) : 1;
            if (ahead.size() == 0) ahead = Buffer<double>(checked_product(kAhead, features));
            ahead_first = k;
            const Size wanted = std::exchange(ahead_count, 0);  // nothing is there if the reading fails
            source.read(k, wanted, ahead.data(), nullptr, nullptr);
            ahead_count = wanted;
        }
        next = k + 1;
        std::copy_n(ahead.data() + (k - ahead_first) * features, features, x);
    }
    StreamedSource source;
    std::mutex reading;
    Buffer<double> ahead;
    Size ahead_first = 0, ahead_count = 0, next = 0;
};

// As read_row, of a share: the ranks ask alike, so that each has the same rows.
struct Dataset::Fetched {
    Buffer<double> rows;
    Size first = 0, count = 0, next = 0;
};

}  // namespace tepui
