// Statements made wrong on purpose, without knowing the event: by the names that fields have.
#include <google/protobuf/message.h>

#include <vector>

#include "services/rules/calendar.h"
#include "tests/model/acts.h"
#include "tests/services/rules/mutator.h"

namespace cradle::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Place {
  Message* message;
  const FieldDescriptor* field;
};

// Every field set somewhere in the message whose name ends so; of repeated texts none.
void FindPlaces(Message& message, std::string_view ending, std::vector<Place>& places) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() == nullptr) {
      if (!field->is_repeated() && field->name().ends_with(ending)) {
        places.push_back({&message, field});
      }
    } else if (!field->is_repeated()) {
      FindPlaces(*message.GetReflection()->MutableMessage(&message, field), ending, places);
    } else {
      const int size = message.GetReflection()->FieldSize(message, field);
      for (int i = 0; i < size; ++i) {
        FindPlaces(*message.GetReflection()->MutableRepeatedMessage(&message, field, i), ending,
                   places);
      }
    }
  }
}

Message* EventOf(v1::Statement& statement) {
  const auto* field =
      v1::Statement::descriptor()->FindFieldByNumber(static_cast<int>(statement.event_case()));
  return statement.GetReflection()->MutableMessage(&statement, field);
}

void SetNumber(Town& town, Draft& draft, std::string_view ending,
               const std::vector<int64_t>& more) {
  std::vector<Place> places;
  FindPlaces(*EventOf(draft.message), ending, places);
  if (places.empty()) return;
  const auto& [message, field] = town.AnyOf(places);
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_INT64) return;
  const auto* reflection = message->GetReflection();
  const int64_t by = town.AnyOf(more);
  reflection->SetInt64(message, field, by == 0 ? 0 : reflection->GetInt64(*message, field) + by);
}

// Another of the same kind, one that is none, or one begun already.
void SetId(Town& town, Draft& draft) {
  std::vector<Place> places;
  for (const char* name : {"batch", "manifest", "facility", "site", "vehicle", "organisation"}) {
    FindPlaces(*EventOf(draft.message), name, places);
  }
  if (places.empty()) return;
  const auto& [message, field] = town.AnyOf(places);
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
  std::string id = town.NewId();
  if (field->name().ends_with("batch") && !town.books().batch_ids().empty() && !town.OneIn(4)) {
    id = town.AnyOf(town.books().batch_ids());
  } else if (field->name().ends_with("manifest") && !town.books().manifest_ids().empty()) {
    id = town.AnyOf(town.books().manifest_ids());
  } else if (field->name().ends_with("organisation")) {
    id = town.AnyActor().id;
  }
  message->GetReflection()->SetString(message, field, id);
}

class TownChoices : public rules::test::Choices {
 public:
  explicit TownChoices(Town& town) : town_(town) {}
  uint32_t Draw() override { return town_.Draw(); }
  std::string Text(const FieldDescriptor& field) override {
    if (field.type() == FieldDescriptor::TYPE_BYTES) return std::string(32, 'h');
    const uint32_t choice = Draw() % 3;
    if (choice == 0 && !town_.books().batch_ids().empty()) {
      return town_.AnyOf(town_.books().batch_ids());
    }
    return choice == 1 ? town_.NewId() : town_.AnyOf(rules::test::HostileTexts());
  }

 private:
  Town& town_;
};

void SetStranger(Town& town, Draft& draft) {
  const Actor& stranger = town.AnyActor();
  const auto place = static_cast<int>(town.Draw() % draft.devices.size());
  if (draft.message.parties(place).capacity() == v1::CAPACITY_LOG) return;
  if (town.OneIn(3)) {
    // In the name of another.
    draft.devices[static_cast<size_t>(place)] = stranger.handler;
  } else {
    SetActor(draft, place, stranger, town.OneIn(4));
  }
}

}  // namespace

void Spoil(Town& town, Draft& draft) {
  constexpr int64_t kDay = rules::kDayMs;
  switch (town.Draw() % 7) {
    case 0:
      return SetStranger(town, draft);
    case 1:
      return SetNumber(town, draft, "_mass_g", {0, 1, -1, 1'000, -1'000, -3'000'000});
    case 2:
      return SetNumber(town, draft, "_time_ms", {0, kDay, 40 * kDay, -kDay, -400 * kDay});
    case 3:
      return SetId(town, draft);
    case 4:
      draft.Claimed(town.now_ms + town.Between(-100, 30) * rules::kHourMs);
      return;
    case 5:
      draft.on_completed = [](v1::Statement& statement) {
        if (statement.links_size() == 0 || statement.links(0).height() == 0) return;
        statement.mutable_links(0)->set_previous(std::string(32, 'x'));
      };
      return;
    default:
      // Only a whole bundle that is at hand may be named: else nobody can judge.
      if (draft.message.has_rules_adopted() || draft.message.has_founded()) return;
      TownChoices choices(town);
      return rules::test::Mutate(*EventOf(draft.message), choices);
  }
}

}  // namespace cradle::model
