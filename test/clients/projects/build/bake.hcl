group "default" { targets = ["one", "two"] }
target "one" {
  target = "other"
  tags = ["baked-one"]
  args = { GREETING = "one" }
  secret = ["id=token,src=token"]
}
target "two" {
  inherits = ["one"]
  tags = ["baked-two"]
  args = { GREETING = "two" }
}
