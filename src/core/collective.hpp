// Processes ("ranks") that make the same calls together, each with its part of the samples, over functions of
// the caller that move bytes between two of them. Every exchange follows a binary tree that the number of
// ranks fixes; an error on one rank becomes the same error on all (docs/RANKS.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/error.hpp"
#include "core/sizes.hpp"

namespace tepui {

// Both wait until the bytes have left or are there, and return 0; a message is as long as its receiver
// expects.
struct Messenger {
    using Send = std::int32_t (*)(void* user, std::int64_t to, const void* bytes, std::int64_t count);
    using Receive = std::int32_t (*)(void* user, std::int64_t from, void* bytes, std::int64_t count);
    Size size = 1, rank = 0;
    Send send = nullptr;
    Receive receive = nullptr;
    void* user = nullptr;
};

// What this rank has sent and received since the collective was set.
struct Traffic {
    std::int64_t passes = 0;  // sums over samples that were formed together
    std::int64_t messages = 0, bytes_sent = 0, bytes_received = 0;
    std::int64_t rounds = 0;  // in which all ranks agreed that nothing failed
};

// How one rank came to a round. Of several failures that of the lowest order counts, then that of the lowest
// rank.
struct Outcome {
    static constexpr std::size_t kMessage = 960;
    Status status = Status::ok;
    Size order = -1;              // of a failure: the sample, where it has one
    std::uint64_t signature = 0;  // of a success: what the ranks must have in common
    bool stop = false;            // the listener of this rank wants to
    std::int32_t asks = 0;        // bits of what this rank wants of the call and others need not
    std::array<char, kMessage> message{};

    void fail(Status why, Size at, const char* text) noexcept;
    // With the exception that is being handled.
    static Outcome failure() noexcept;
};

// Calls are made on one thread at a time, that of the library's caller.
class Collective {
  public:
    explicit Collective(const Messenger& messenger) : messenger_(messenger) {}

    Size size() const noexcept { return messenger_.size; }
    Size rank() const noexcept { return messenger_.rank; }
    const Traffic& traffic() const noexcept { return traffic_; }
    void count_pass() noexcept { ++traffic_.passes; }

    // A call of the library that all ranks make begins, with what they must have in common, and ends. In
    // between a failure is told to the others by settle, once; other calls do not communicate.
    void begin(std::uint64_t signature);
    // Throws unless such a call is under way.
    void require_open() const;
    void end() noexcept { open_ = false; }
    bool open() const noexcept { return open_; }
    // The call has failed on every rank alike: there is nobody left to tell.
    bool told() const noexcept { return told_; }

    // Throws on every rank the same error where one has failed or where signatures differ; else returns
    // whether a listener wants to stop.
    bool settle(Outcome mine);
    bool settle(std::uint64_t signature);
    // What any rank asked for in the last round.
    std::int32_t asked() const noexcept { return asked_; }

    // The listener of this rank wants to stop. From the next round on all ranks know.
    void wish_to_stop() noexcept { wish_ = true; }
    bool stopped() const noexcept { return stopped_; }

    void send(Size to, const void* bytes, Size count);
    void receive(Size from, void* bytes, Size count);
    // The same bytes on every rank, those of `root`.
    void broadcast(Size root, void* bytes, Size count);
    // values[first[r], first[r + 1]) of every rank r to all: `first` has size() + 1 entries.
    template <class T>
    void gather(T* values, std::span<const Size> first) {
        gather_bytes(reinterpret_cast<std::byte*>(values), first, static_cast<Size>(sizeof(T)));
    }

  private:
    void gather_bytes(std::byte* values, std::span<const Size> first, Size each);
    void send_outcome(Size to, const Outcome& outcome);
    Outcome receive_outcome(Size from);
    [[noreturn]] void broken(const char* what, Size peer, std::int32_t answer);

    Messenger messenger_;
    Traffic traffic_;
    bool open_ = false, told_ = false, wish_ = false, stopped_ = false;
    std::int32_t broken_ = 0, asked_ = 0;
};

// 64 bits of anything, one after the other.
class Signature {
  public:
    Signature& add(const void* bytes, std::size_t count) noexcept;
    Signature& add(std::string_view text) noexcept { return add(text.data(), text.size()); }
    Signature& add(std::int64_t value) noexcept { return add(&value, sizeof value); }
    Signature& add(double value) noexcept { return add(&value, sizeof value); }
    std::uint64_t value() const noexcept { return hash_; }

  private:
    std::uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace tepui
