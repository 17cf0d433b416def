/* Logs in with the C driver and prints the authenticated user: login CONNECTION_STRING */
#include <mongoc/mongoc.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  bson_error_t error;
  bson_iter_t iter, user;
  bson_t reply, command = BSON_INITIALIZER;
  mongoc_client_t *client;

  if (argc != 2) return 2;
  mongoc_init();
  client = mongoc_client_new(argv[1]);
  if (client == NULL) return 2;
  BSON_APPEND_INT32(&command, "connectionStatus", 1);
  if (!mongoc_client_command_simple(client, "admin", &command, NULL, &reply, &error)) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  if (!bson_iter_init(&iter, &reply) ||
      !bson_iter_find_descendant(&iter, "authInfo.authenticatedUsers.0.user", &user))
    return 1;
  printf("%s\n", bson_iter_utf8(&user, NULL));
  bson_destroy(&reply);
  bson_destroy(&command);
  mongoc_client_destroy(client);
  mongoc_cleanup();
  return EXIT_SUCCESS;
}
