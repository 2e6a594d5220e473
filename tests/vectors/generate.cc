// generate_vectors DIRECTORY: adds the vectors that are not yet there; changes none.
#include "tests/vectors/generate.h"

#include <iostream>

namespace cradle::vectors {

std::map<std::string, std::string> FixedKeyPems() {
  const auto pem = [](const std::string& base64) {
    return "-----BEGIN PRIVATE KEY-----\n" + base64 + "-----END PRIVATE KEY-----\n";
  };
  return {
      // RFC 6979 §A.2.5
      {"regulator", pem("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX\n"
                        "Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth\n"
                        "+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ\n")},
      // SHA-256("cradle test vectors, second P-256 key") modulo the order
      {"producer", pem("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbitIwW65l2q3sxMG\n"
                       "UwLyjgsniitvVZPja0H1CuOM8ByhRANCAARnHBhnLQtrXhAQlLe21UFwAE/SkLr0\n"
                       "eEtv3FihVojI+Ug+DsGtBSNB4GPD7yhVSyryYZyoCSCtY4Tmafin9q+f\n")},
      // RFC 8032 §7.1, test 1
      {"log", pem("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n")},
      // RFC 8032 §7.1, test 2
      {"receiver", pem("MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n")},
      // GB/T 32918.5-2017, annex A
      {"carrier", pem("MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgOUUgj3shRLE/NuOK\n"
                      "xtOflYiTk2koYLUaQvuB7033xbihRANCAAQJ+d8xHlQhoVDdfRYeS8XGchefrRgz\n"
                      "/AdrsI/zVvNQIMzqSQziZ3WlLcbqcYzBqmAK7QX7814ISmYy9gctqa0T\n")},
  };
}

Keys FixedKeys() {
  Keys keys;
  for (const auto& [name, pem] : FixedKeyPems()) {
    keys.emplace(name, evidence::PrivateKey::FromPem(pem).value());
  }
  return keys;
}

}  // namespace cradle::vectors

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: generate_vectors DIRECTORY\n";
    return 2;
  }
  const cradle::vectors::Keys keys = cradle::vectors::FixedKeys();
  cradle::vectors::GenerateEvidence(argv[1], keys);
  cradle::vectors::GenerateTree(argv[1], keys);
  return 0;
}
