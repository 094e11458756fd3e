"""`mailbot demo`: the main job on an embedded pair of mail servers, with sample letters."""
