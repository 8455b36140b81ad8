#include "tepui/collective.h"

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "core/collective.hpp"

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_context_set_collective(tepui_context* context, int64_t size, int64_t rank,
                                          tepui_send_function send, tepui_receive_function receive,
                                          void* user) {
    return guarded(context, [&] {
        constexpr Size kMostRanks = Size{1} << 20;
        require_size(size, 1, "size");
        if (size > kMostRanks) {
            throw Error(Status::invalid_size, "size is " + std::to_string(size) + ", at most " +
                                                  std::to_string(kMostRanks) + " is expected");
        }
        require_index(rank, size, "rank", "size");
        if (send == nullptr)
            throw Error(Status::null_pointer, "send is null, a function that moves bytes is expected");
        if (receive == nullptr)
            throw Error(Status::null_pointer, "receive is null, a function that moves bytes is expected");
        if (size == 1) {
            context->collective.reset();
            return;
        }
        context->collective = std::make_shared<Collective>(Messenger{size, rank, send, receive, user});
    });
}

tepui_status tepui_context_traffic(tepui_context* context, tepui_traffic_item item, int64_t* value) {
    return guarded(context, [&] {
        require_pointer(value, "value");
        const Traffic traffic = context->collective ? context->collective->traffic() : Traffic{};
        switch (item) {
            case TEPUI_TRAFFIC_PASSES:
                *value = traffic.passes;
                return;
            case TEPUI_TRAFFIC_ROUNDS:
                *value = traffic.rounds;
                return;
            case TEPUI_TRAFFIC_MESSAGES:
                *value = traffic.messages;
                return;
            case TEPUI_TRAFFIC_BYTES_SENT:
                *value = traffic.bytes_sent;
                return;
            case TEPUI_TRAFFIC_BYTES_RECEIVED:
                *value = traffic.bytes_received;
                return;
            default:
                throw Error(Status::invalid_value,
                            "item is " + std::to_string(item) + ", a TEPUI_TRAFFIC_ number is expected");
        }
    });
}

}  // extern "C"
