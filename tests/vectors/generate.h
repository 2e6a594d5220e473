#ifndef CRADLE_TESTS_VECTORS_GENERATE_H_
#define CRADLE_TESTS_VECTORS_GENERATE_H_

#include <filesystem>
#include <map>
#include <string>

#include "storage/evidence/key.h"

namespace cradle::vectors {

// The fixed private keys by name: published ones, so that nobody takes them for secrets.
using Keys = std::map<std::string, evidence::PrivateKey>;
Keys FixedKeys();
// The PEM texts of the same.
std::map<std::string, std::string> FixedKeyPems();

// Keys, ids, statements, attestations, entries, bundles, statement files.
void GenerateEvidence(const std::filesystem::path& directory, const Keys& keys);
// Roots, proofs, tile paths, notes, checkpoints and the receipts of the entries.
void GenerateTree(const std::filesystem::path& directory, const Keys& keys);

}  // namespace cradle::vectors

#endif  // CRADLE_TESTS_VECTORS_GENERATE_H_
