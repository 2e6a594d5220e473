#include "services/rules/share_mass.h"

#include <algorithm>
#include <numeric>

#include "absl/numeric/int128.h"

namespace cradle::rules {

std::vector<int64_t> ShareMass(int64_t mass_g, const std::vector<int64_t>& weights) {
  const int64_t total = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  std::vector<int64_t> shares(weights.size(), 0);
  if (total == 0) {
    shares[0] = mass_g;
    return shares;
  }
  struct Remainder {
    absl::uint128 rest;
    size_t place;
  };
  std::vector<Remainder> remainders;
  int64_t left_g = mass_g;
  for (size_t i = 0; i < weights.size(); ++i) {
    const absl::uint128 product =
        absl::uint128(static_cast<uint64_t>(mass_g)) * static_cast<uint64_t>(weights[i]);
    shares[i] = static_cast<int64_t>(product / static_cast<uint64_t>(total));
    left_g -= shares[i];
    remainders.push_back({product % static_cast<uint64_t>(total), i});
  }
  std::sort(remainders.begin(), remainders.end(), [](const Remainder& a, const Remainder& b) {
    return a.rest != b.rest ? a.rest > b.rest : a.place < b.place;
  });
  for (size_t i = 0; left_g > 0; ++i, --left_g) ++shares[remainders[i].place];
  return shares;
}

}  // namespace cradle::rules
