from deliberate.management import main

main()
