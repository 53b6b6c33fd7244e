require "etc"
require "fileutils"
require "open3"
require "socket"
require "tempfile"
require "tmpdir"
Dir.mktmpdir do |folder|
  File.write("#{folder}/a", "1")
  File.rename("#{folder}/a", "#{folder}/b")
  puts Dir.children(folder).inspect, File.stat("#{folder}/b").size
  File.symlink("#{folder}/b", "#{folder}/c")
  puts File.read("#{folder}/c")
  threads = 8.times.map { Thread.new { 50.times.sum { File.read("#{folder}/b").to_i } } }
  puts threads.sum(&:value)
  Tempfile.create { |file| file.puts "x" }
end
puts `echo $((1 + 1))`, system("false").inspect
puts Open3.capture2("tr a-z A-Z", stdin_data: "words")[0]
Process.wait(spawn({ "A" => "b" }, "echo $A", unsetenv_others: true))
Process.wait(fork { puts "child"; $stdout.flush; exit! 3 })
puts $?.exitstatus
asks, serves = UNIXSocket.pair
asker = Thread.new { asks.read }
serves.tap { |socket| socket.write "served" }.close
puts asker.value
[-> { TCPSocket.new("127.0.0.1", 1) }, -> { File.read("/no/such") }, -> { spawn("/no/such") }].each do |act|
  act.call
rescue SystemCallError => error
  puts error.class
end
puts Addrinfo.getaddrinfo("127.0.0.1", nil, :INET, :STREAM).size, Etc.getpwuid(0).name
