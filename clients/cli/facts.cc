#include "clients/cli/facts.h"

#include <fmt/format.h>

namespace cradle::cli {
namespace {

using TrackingStub = v1::TrackingService::Stub;

absl::Status NotKnownHere(std::string_view what, const std::string& id) {
  return absl::NotFoundError(
      fmt::format("this device does not know {} {}: be online, or take in its statements (`cradle "
                  "statement keep "
                  "FILE`)",
                  what, id));
}

// Asks the server unless this device is ahead or offline; answers what is known here if the server
// cannot be reached.
template <typename Facts, typename Ask>
absl::StatusOr<Facts> Choose(Context& context, const std::optional<Facts>& here,
                             std::string_view what, const std::string& id, const Ask& ask) {
  if (here.has_value() && (here->ahead || context.options.offline)) return *here;
  if (context.options.offline) return NotKnownHere(what, id);
  absl::StatusOr<sdk::Connection*> connection = context.connection();
  if (!connection.ok()) return connection.status();
  absl::StatusOr<Facts> there = ask(**connection);
  if (!there.ok() && sdk::IsTransient(there.status()) && here.has_value()) return *here;
  return there;
}

}  // namespace

absl::StatusOr<sdk::BatchFacts> BatchFactsOf(Context& context, const std::string& batch) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<std::optional<sdk::BatchFacts>> here = sdk::FindBatchFacts(**home, batch);
  if (!here.ok()) return here.status();
  return Choose(context, *here, "batch", batch,
                [&](const sdk::Connection& server) -> absl::StatusOr<sdk::BatchFacts> {
                  v1::GetBatchRequest request;
                  request.set_at_least(context.at_least());
                  request.set_batch(batch);
                  auto answer = server.Call(server.tracking(), &TrackingStub::GetBatch, request);
                  if (!answer.ok()) return answer.status();
                  const state::v1::BatchState& state = answer->batch().batch();
                  return sdk::BatchFacts{state.waste_code(), state.mass_g(), 0, false};
                });
}

absl::StatusOr<sdk::ManifestFacts> ManifestFactsOf(Context& context, const std::string& manifest) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<std::optional<sdk::ManifestFacts>> here = sdk::FindManifestFacts(**home, manifest);
  if (!here.ok()) return here.status();
  return Choose(context, *here, "manifest", manifest,
                [&](const sdk::Connection& server) -> absl::StatusOr<sdk::ManifestFacts> {
                  v1::GetManifestRequest request;
                  request.set_at_least(context.at_least());
                  request.set_manifest(manifest);
                  auto answer = server.Call(server.tracking(), &TrackingStub::GetManifest, request);
                  if (!answer.ok()) return answer.status();
                  const state::v1::ManifestState& state = answer->manifest().manifest();
                  sdk::ManifestFacts facts;
                  facts.issued = state.issued();
                  facts.consignor = state.consignor();
                  facts.carrier = state.carrier();
                  facts.taken = state.status() != state::v1::MANIFEST_STATUS_ISSUED;
                  return facts;
                });
}

}  // namespace cradle::cli
