// The ranks of tepui-mpi, which all run the same command: each gives the library its part of the rows, rank 0
// speaks and writes. One in tepui.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

#include "cli/support/user_error.hpp"

namespace tepui::cli {

struct Ranks {
    std::int64_t size = 1, rank = 0;
    std::int32_t (*send)(void* user, std::int64_t to, const void* bytes, std::int64_t count) = nullptr;
    std::int32_t (*receive)(void* user, std::int64_t from, void* bytes, std::int64_t count) = nullptr;
    void* user = nullptr;
    std::optional<std::int64_t> gathered_values;  // instead of the library's default
    bool loud = false;                            // every rank speaks: what it has to say is its own

    bool speaks() const { return rank == 0 || loud; }
    // Each rank begins with its own of `count` rows of so many values; rank 0 ends with all of them.
    void gather(double* rows, std::int64_t count, std::int64_t values) const {
        for (std::int64_t of = 1; of < size; ++of) {
            const std::int64_t begin = share(count, of) * values, end = share(count, of + 1) * values;
            for (std::int64_t at = begin; at < end && (rank == 0 || rank == of); at += kMessage) {
                const std::int64_t bytes = std::min(kMessage, end - at) * std::int64_t(sizeof(double));
                const int failed = rank == 0 ? receive(user, of, rows + at, bytes)
                                             : send(user, 0, rows + (at - begin), bytes);
                if (failed != 0) throw UserError("a message between ranks failed");
            }
        }
    }
    // The rows [first, end) of count are this rank's.
    std::int64_t first_of(std::int64_t count) const { return share(count, rank); }
    std::int64_t end_of(std::int64_t count) const { return share(count, rank + 1); }

  private:
    static constexpr std::int64_t kMessage = std::int64_t{1} << 20;  // values
    std::int64_t share(std::int64_t count, std::int64_t r) const {
        return count / size * r + count % size * r / size;
    }
};

// Set before anything else.
inline Ranks& ranks() {
    static Ranks all;
    return all;
}

}  // namespace tepui::cli
