// The ranks of tepui-mpi, which all run the same command: each reads its own rows, gives them to the library,
// and rank 0 speaks and writes. One in tepui.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tepui::cli {

// What kept a rank from going on.
struct Failure {
    enum class Kind : std::int64_t { user, memory, other };
    Kind kind = Kind::user;
    std::int64_t order = 0;  // of several that of the lowest counts, then that of the lowest rank
    std::string text;
};

struct Ranks {
    std::int64_t size = 1, rank = 0;
    std::int32_t (*send)(void* user, std::int64_t to, const void* bytes, std::int64_t count) = nullptr;
    std::int32_t (*receive)(void* user, std::int64_t from, void* bytes, std::int64_t count) = nullptr;
    void* user = nullptr;
    std::optional<std::int64_t> gathered_values;  // instead of the library's default
    bool loud = false;                            // every rank speaks: what it has to say is its own

    bool speaks() const { return rank == 0 || loud; }
    // Of `count` things in order those from first_of(count, r) to first_of(count, r + 1) are rank r's.
    std::int64_t first_of(std::int64_t count, std::int64_t r) const {
        return count / size * r + count % size * r / size;
    }

    // values[first[r], first[r + 1]) of every rank r, each `width` numbers, to all.
    template <class T>
    void gather(std::vector<T>& values, const std::vector<std::int64_t>& first,
                std::int64_t width = 1) const {
        gather_bytes(values.data(), first, width * std::int64_t(sizeof(T)));
    }
    // One of each rank.
    template <class T>
    std::vector<T> gather_one(const T& mine) const {
        std::vector<T> all(std::size_t(size), mine);
        std::vector<std::int64_t> first;
        for (std::int64_t r = 0; r <= size; ++r) first.push_back(r);
        gather(all, first);
        return all;
    }
    // That of all ranks which counts, if any failed.
    std::optional<Failure> first_failure(const std::optional<Failure>& mine) const;
    // Each rank does it; where one fails, all fail alike. It must not exchange messages.
    void together(const std::function<void()>& body) const;

  private:
    void gather_bytes(void* values, const std::vector<std::int64_t>& first, std::int64_t each) const;
};

// Throws it.
[[noreturn]] void fail_with(const Failure& failure);

// Set before anything else.
inline Ranks& ranks() {
    static Ranks all;
    return all;
}

}  // namespace tepui::cli
