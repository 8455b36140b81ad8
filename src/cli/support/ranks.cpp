#include "cli/support/ranks.hpp"

#include <algorithm>
#include <new>

#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

constexpr std::int64_t most_at_once = std::int64_t{1} << 30;  // bytes a message

void require_moved(std::int32_t answer) {
    if (answer != 0) throw UserError("a message between ranks failed");
}

void send_bytes(const Ranks& all, std::int64_t to, const char* bytes, std::int64_t count) {
    for (std::int64_t at = 0; at < count; at += most_at_once)
        require_moved(all.send(all.user, to, bytes + at, std::min(most_at_once, count - at)));
}

void receive_bytes(const Ranks& all, std::int64_t from, char* bytes, std::int64_t count) {
    for (std::int64_t at = 0; at < count; at += most_at_once)
        require_moved(all.receive(all.user, from, bytes + at, std::min(most_at_once, count - at)));
}

// From rank 0 along a binomial tree.
void broadcast(const Ranks& all, char* bytes, std::int64_t count) {
    std::int64_t step = 1;
    while (step < all.size && (all.rank & step) == 0) step *= 2;
    if (all.rank != 0) receive_bytes(all, all.rank - step, bytes, count);
    for (step /= 2; step > 0; step /= 2)
        if (all.rank + step < all.size) send_bytes(all, all.rank + step, bytes, count);
}

}  // namespace

void Ranks::gather_bytes(void* values, const std::vector<std::int64_t>& first, std::int64_t each) const {
    if (size == 1) return;
    auto* const bytes = static_cast<char*>(values);
    for (std::int64_t r = 1; r < size; ++r) {
        const std::int64_t begin = first[std::size_t(r)] * each;
        const std::int64_t count = first[std::size_t(r) + 1] * each - begin;
        if (rank == r) send_bytes(*this, 0, bytes + begin, count);
        if (rank == 0) receive_bytes(*this, r, bytes + begin, count);
    }
    broadcast(*this, bytes, first[std::size_t(size)] * each);
}

std::optional<Failure> Ranks::first_failure(const std::optional<Failure>& mine) const {
    if (size == 1) return mine;
    struct Head {
        std::int64_t failed, kind, order, length;
    };
    const Failure own = mine.value_or(Failure{});
    const std::vector<Head> heads = gather_one(
        Head{mine ? 1 : 0, std::int64_t(own.kind), own.order, mine ? std::int64_t(own.text.size()) : 0});
    std::vector<std::int64_t> first{0};
    std::size_t chosen = heads.size();
    for (std::size_t r = 0; r < heads.size(); ++r) {
        first.push_back(first.back() + heads[r].length);
        if (heads[r].failed != 0 && (chosen == heads.size() || heads[r].order < heads[chosen].order))
            chosen = r;
    }
    if (chosen == heads.size()) return std::nullopt;
    std::vector<char> texts(std::size_t(first.back()));
    if (mine) std::copy(own.text.begin(), own.text.end(), texts.begin() + first[std::size_t(rank)]);
    gather(texts, first);
    return Failure{Failure::Kind(heads[chosen].kind), heads[chosen].order,
                   std::string(texts.begin() + first[chosen], texts.begin() + first[chosen + 1])};
}

void fail_with(const Failure& failure) {
    if (failure.kind == Failure::Kind::user) throw UserError(failure.text);
    if (failure.kind == Failure::Kind::memory) throw std::bad_alloc();
    throw std::runtime_error(failure.text);
}

void Ranks::together(const std::function<void()>& body) const {
    if (size == 1) return body();
    std::optional<Failure> mine;
    try {
        body();
    } catch (const UserError& error) {
        mine = {Failure::Kind::user, 0, error.what()};
    } catch (const std::bad_alloc&) {
        mine = {Failure::Kind::memory, 0, ""};
    } catch (const std::exception& error) {
        mine = {Failure::Kind::other, 0, error.what()};
    }
    if (const std::optional<Failure> failure = first_failure(mine)) fail_with(*failure);
}

}  // namespace tepui::cli
