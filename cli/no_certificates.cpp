/// libgit2 with mbedTLS reads the machine's 140 certificates whenever it is started, which takes
/// longer than what most commands do. We read repositories and open no connection with it, so its
/// reader of certificates is this one. Were one opened all the same, it would trust nobody.
extern "C" int mbedtls_x509_crt_parse_file(void* chain, const char* file);

extern "C" int mbedtls_x509_crt_parse_file(void* /*chain*/, const char* /*file*/) { return 0; }
