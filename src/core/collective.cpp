#include "core/collective.hpp"

#include <algorithm>
#include <cstring>

#include "core/failure.hpp"

namespace tepui {
namespace {

// What goes before the text of a failure.
struct Header {
    std::int64_t status, order, length;
    std::uint64_t signature;
    std::int32_t stop, asks;
    std::int64_t rank;
};

constexpr Size kMostAtOnce = Size{1} << 30;  // bytes a message: the callers' functions may count in 32 bits

}  // namespace

void Outcome::fail(Status why, Size at, const char* text) noexcept {
    status = why;
    order = at;
    copy_text(text, message);
}

Outcome Outcome::failure() noexcept {
    Outcome outcome;
    with_failure([&](Status status, const char* text) { outcome.fail(status, -1, text); });
    return outcome;
}

Signature& Signature::add(const void* bytes, std::size_t count) noexcept {
    const auto* byte = static_cast<const unsigned char*>(bytes);
    for (std::size_t b = 0; b < count; ++b) hash_ = (hash_ ^ byte[b]) * 0x100000001b3u;
    return *this;
}

void Collective::broken(const char* what, Size peer, std::int32_t answer) {
    broken_ = answer;
    told_ = true;
    throw Error(Status::callback, std::string("the collective's ") + what + " function returned " +
                                      std::to_string(answer) + " for rank " + std::to_string(peer) +
                                      ", 0 is expected; the collective is of no more use");
}

void Collective::send(Size to, const void* bytes, Size count) {
    if (broken_ != 0) broken("send", to, broken_);
    const auto* at = static_cast<const std::byte*>(bytes);
    for (Size sent = 0; sent < count; sent += kMostAtOnce) {
        const Size piece = std::min(kMostAtOnce, count - sent);
        const std::int32_t answer = messenger_.send(messenger_.user, to, at + sent, piece);
        if (answer != 0) broken("send", to, answer);
        ++traffic_.messages;
        traffic_.bytes_sent += piece;
    }
}

void Collective::receive(Size from, void* bytes, Size count) {
    if (broken_ != 0) broken("receive", from, broken_);
    auto* at = static_cast<std::byte*>(bytes);
    for (Size got = 0; got < count; got += kMostAtOnce) {
        const Size piece = std::min(kMostAtOnce, count - got);
        const std::int32_t answer = messenger_.receive(messenger_.user, from, at + got, piece);
        if (answer != 0) broken("receive", from, answer);
        traffic_.bytes_received += piece;
    }
}

void Collective::send_outcome(Size to, const Outcome& outcome) {
    const auto length =
        outcome.status == Status::ok ? 0 : static_cast<Size>(std::strlen(outcome.message.data()));
    const Header header{static_cast<std::int64_t>(outcome.status),
                        outcome.order,
                        length,
                        outcome.signature,
                        outcome.stop ? 1 : 0,
                        outcome.asks,
                        rank()};
    send(to, &header, static_cast<Size>(sizeof header));
    send(to, outcome.message.data(), length);
}

Outcome Collective::receive_outcome(Size from) {
    Header header;
    receive(from, &header, static_cast<Size>(sizeof header));
    Outcome outcome;
    outcome.status = static_cast<Status>(header.status);
    outcome.order = header.order;
    outcome.signature = header.signature;
    outcome.stop = header.stop != 0;
    outcome.asks = header.asks;
    receive(from, outcome.message.data(),
            std::clamp<Size>(header.length, 0, static_cast<Size>(Outcome::kMessage) - 1));
    return outcome;
}

void Collective::require_open() const {
    if (open_) return;
    throw Error(Status::unsupported,
                "samples are shared out over ranks, and this function is not one that they call together: it "
                "takes a data set that every rank has (TEPUI_OPTION_GATHERED_VALUES)");
}

// Up the tree to rank 0, which all others hear from.
bool Collective::settle(Outcome mine) {
    require_open();
    ++traffic_.rounds;
    mine.stop = mine.stop || wish_;
    Size step = 1;
    for (; step < size() && (rank() & step) == 0; step *= 2) {
        if (rank() + step >= size()) continue;
        const Outcome theirs = receive_outcome(rank() + step);
        mine.stop = mine.stop || theirs.stop;
        mine.asks |= theirs.asks;
        if (theirs.status != Status::ok) {
            if (mine.status == Status::ok || theirs.order < mine.order) {
                const Outcome before = mine;
                mine = theirs;
                mine.stop = before.stop;
                mine.asks = before.asks;
            }
        } else if (mine.status == Status::ok && mine.signature != theirs.signature) {
            mine.fail(Status::invalid_value, -1,
                      ("ranks " + std::to_string(rank()) + " and " + std::to_string(rank() + step) +
                       " do not do the same: one function, the same version, instruction set, options, sizes "
                       "and parameters are expected on all")
                          .c_str());
        }
    }
    if (rank() != 0) {
        send_outcome(rank() - step, mine);
        mine = receive_outcome(rank() - step);
    }
    for (step /= 2; step > 0; step /= 2) {
        if (rank() + step < size()) send_outcome(rank() + step, mine);
    }
    if (mine.status != Status::ok) {
        told_ = true;
        throw Error(mine.status, mine.message.data());
    }
    asked_ = mine.asks;
    stopped_ = stopped_ || mine.stop;
    return stopped_;
}

bool Collective::settle(std::uint64_t signature) {
    Outcome outcome;
    outcome.signature = signature;
    return settle(outcome);
}

void Collective::begin(std::uint64_t signature) {
    wish_ = stopped_ = told_ = false;
    open_ = true;
    try {
        settle(signature);
    } catch (...) {
        open_ = false;
        throw;
    }
}

void Collective::broadcast(Size root, void* bytes, Size count) {
    if (count == 0 || size() == 1) return;
    // Counted from the root: the tree of settle.
    const Size mine = (rank() - root + size()) % size();
    const auto there = [&](Size relative) { return (relative + root) % size(); };
    Size step = 1;
    while (step < size() && (mine & step) == 0) step *= 2;
    if (mine != 0) receive(there(mine - step), bytes, count);
    for (step /= 2; step > 0; step /= 2) {
        if (mine + step < size()) send(there(mine + step), bytes, count);
    }
}

void Collective::gather_bytes(std::byte* values, std::span<const Size> first, Size each) {
    for (Size r = 1; r < size(); ++r) {
        const Size begin = first[static_cast<std::size_t>(r)] * each;
        const Size count = first[static_cast<std::size_t>(r + 1)] * each - begin;
        if (rank() == r) send(0, values + begin, count);
        if (rank() == 0) receive(r, values + begin, count);
    }
    broadcast(0, values, first[static_cast<std::size_t>(size())] * each);
}

}  // namespace tepui
