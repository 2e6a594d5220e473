#include "services/ledger/request_order.h"

#include <functional>
#include <queue>
#include <string_view>
#include <unordered_map>

#include "storage/evidence/hash.h"

namespace cradle::ledger {

std::vector<size_t> OrderByLinks(const std::vector<StatementInFlight>& statements) {
  if (statements.size() == 1) {
    return statements[0].refused ? std::vector<size_t>() : std::vector<size_t>{0};
  }
  std::unordered_map<std::string_view, size_t> by_hash;
  for (size_t i = 0; i < statements.size(); ++i) {
    if (!statements[i].refused) {
      by_hash.try_emplace(evidence::AsBytes(statements[i].statement.hash), i);
    }
  }
  std::vector<std::vector<size_t>> successors(statements.size());
  std::vector<size_t> predecessors_left(statements.size(), 0);
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  for (size_t i = 0; i < statements.size(); ++i) {
    if (statements[i].refused) continue;
    for (const auto& link : statements[i].statement.message.links()) {
      const auto predecessor = by_hash.find(link.previous());
      if (predecessor == by_hash.end() || predecessor->second == i) continue;
      successors[predecessor->second].push_back(i);
      ++predecessors_left[i];
    }
    if (predecessors_left[i] == 0) ready.push(i);
  }
  // A statement names the hashes of those before it, so there is no circle.
  std::vector<size_t> order;
  while (!ready.empty()) {
    const size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (const size_t successor : successors[next]) {
      if (--predecessors_left[successor] == 0) ready.push(successor);
    }
  }
  return order;
}

}  // namespace cradle::ledger
